import { type Refusal, refusal } from '@ims/contracts/error-codes';
import { projectionCatalogue } from '@ims/contracts/operations/projections';

export const isBySite = (name: string): boolean => projectionCatalogue[name]?.bySite ?? false;

export const unknownProjection = (name: string): Refusal =>
  refusal('RESOURCE_NOT_FOUND', `There is no projection ${name}`);

export const notBySite = (name: string): Refusal =>
  refusal('VALIDATION_ERROR', `The rows of ${name} do not belong to single sites: leave the site out`);

export const noVersion = (name: string, version: number): Refusal =>
  refusal('RESOURCE_NOT_FOUND', `There is no version ${version} of ${name}`);
