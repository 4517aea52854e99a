/** How TMDB, or what stands for it, can fail. Messages carry no query string: a v3 key would be in it. */

/** Thrown when the key is missing, wrong or suspended: nothing can be fetched with it, however often it is tried. */
export class Unauthorised extends Error {
  override readonly name = 'Unauthorised';

  constructor(said: string) {
    super(
      `TMDB refused the key${said === '' ? '.' : `: ${said}`} Create or check one at https://www.themoviedb.org/settings/api and start the worker with TMDB_ACCESS_TOKEN (or TMDB_API_KEY) set. Nothing was changed; the earlier snapshot stays served.`,
    );
  }
}

/** Thrown when the source answers nobody: worth another attempt of the whole batch, later. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}

/** Thrown when an id list or an export cannot be used at all. */
export class BadIdList extends Error {
  override readonly name = 'BadIdList';
}

/** Thrown when the source tells no changes of that time: it is too long ago, or more films changed than it lists. */
export class ChangesUntold extends Error {
  override readonly name = 'ChangesUntold';
}
