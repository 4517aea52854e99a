import { Lexer, TokenKind, type Source } from 'graphql';

/** Longest documents that are read at all. */
export const PARSING = { maxTokens: 2000 } as const;

/** What graphql-js says where it stops reading. */
const REFUSAL = /^Syntax Error: Document contains more tha[nt] \d+ tokens/;

/** The refusal of a document that is too long, with its length; null when `message` says something else. */
export function tooManyTokens(message: string, source: Source | undefined): string | null {
  if (!REFUSAL.test(message)) return null;
  const count = source === undefined ? `more than ${PARSING.maxTokens}` : countTokens(source);
  return `The query has ${count} tokens; legal are at most ${PARSING.maxTokens}. Ask in parts.`;
}

/** Without comments; up to the first one that is none. A body's size bounds how many there can be. */
function countTokens(source: Source): number {
  const lexer = new Lexer(source);
  let count = 0;
  try {
    while (lexer.advance().kind !== TokenKind.EOF) count++;
  } catch {
    // Reading has stopped before: nobody asked what follows.
  }
  return count;
}
