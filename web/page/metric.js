/** Whether a model did better than its baseline, as far as the metric's name tells what better is. */

const HIGHER = /r2|r²|auc|accuracy|precision|recall|f1|spearman|kendall|correlation|ndcg|hit|overlap|skill/i;
const LOWER =
  /mse|mae|mase|mape|smape|wape|error|loss|brier|crps|pinball|deviance|width|winkler|interval score/i;

/** `better`, `worse`, `equal`, or null when it cannot be said. */
export function verdict({ name, value, baselineValue }) {
  if (value == null || baselineValue == null) return null;
  const direction = HIGHER.test(name) ? 1 : LOWER.test(name) ? -1 : 0;
  if (direction === 0) return null;
  if (value === baselineValue) return 'equal';
  return Math.sign(value - baselineValue) === direction ? 'better' : 'worse';
}

const LAST_YEAR = /last[\s_-]*year|naive|persist|unchanged/i;

/** A baseline's or model's name that means: as last year. */
export function isLastYear(name) {
  return name != null && LAST_YEAR.test(name);
}
