import type { TypedDocumentString } from './gql/graphql.js';

/** Asks the API: variables and answer have the types of the document. Throws with the messages of what went wrong. */
export async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const { data, errors } = (await response.json()) as {
    data?: Data | null;
    errors?: { message: string }[];
  };
  if (data == null || errors !== undefined)
    throw new Error(errors?.map(({ message }) => message).join('; ') ?? `status ${response.status}`);
  return data;
}
