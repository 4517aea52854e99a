/**
 * Asks the API over HTTP, as any frontend would. Roots that this source cannot answer are null; the rest of the answer
 * stands. `url`: the API's, without a path.
 */
export async function ask<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data | null; errors?: { message: string }[] };
  if (data == null) throw new Error(`The API answered: ${errors?.map(({ message }) => message).join('; ')}`);
  return data;
}
