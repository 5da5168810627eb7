/** The body of an answer. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
export const jsonOf = (answer: Pick<Response, 'json'>): Promise<any> => answer.json();
