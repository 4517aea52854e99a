import { readFileSync } from 'node:fs';

/** A fenced block of a page of docs/, with the heading that it stands under. */
export interface Snippet {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced code of a page, in its order. `page` is relative to the repository. */
export function snippetsOf(page: string): Snippet[] {
  const lines = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8').split('\n');
  const found: Snippet[] = [];
  let heading = '';
  let open: { readonly language: string; readonly from: number } | null = null;
  lines.forEach((line, at) => {
    if (line.startsWith('```')) {
      if (open === null) open = { language: line.slice(3).trim(), from: at + 1 };
      else {
        found.push({ heading, language: open.language, text: lines.slice(open.from, at).join('\n') });
        open = null;
      }
    } else if (open === null && line.startsWith('#')) heading = line.replace(/^#+ /, '');
  });
  return found;
}
