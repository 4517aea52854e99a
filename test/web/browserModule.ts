/** A module of the page, which is plain JavaScript without declarations; its type is the caller's word. */
export async function browserModule<T>(name: string): Promise<T> {
  const address = new URL(`../../web/page/${name}`, import.meta.url).href;
  return (await import(address)) as T;
}
