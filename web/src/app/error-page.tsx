import { isRouteErrorResponse, useRouteError } from 'react-router';
import { ButtonLink } from '#ui/button.tsx';
import { DataState, ErrorState } from '#ui/data-state.tsx';
import { paths } from '../paths.ts';

export const NotFound = () => (
  <main>
    <title>Not found</title>
    <DataState title="There is nothing at this address" text="The link may be cut off, or what it led to is gone.">
      <ButtonLink kind="primary" to={paths.home}>
        Go to the Finder
      </ButtonLink>
    </DataState>
  </main>
);

/** What stands where a screen could not be shown at all. */
export const RouteError = () => {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <main>
      <title>Not available</title>
      <ErrorState title="This screen could not be opened" error={error} retry={() => location.reload()} />
    </main>
  );
};

/** The same inside the frame of a site, whose bar stays usable. */
export const ScreenError = () => (
  <ErrorState title="This screen could not be opened" error={useRouteError()} retry={() => location.reload()} />
);
