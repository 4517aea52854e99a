/** Whether a model did better than its baseline, as far as the metric's name tells what better is. */

const HIGHER = /r2|r²|auc|accuracy|precision|recall|f1|spearman|kendall|correlation|ndcg|hits|overlap/i;
const LOWER = /rms|mse|mae|mase|mape|error|loss|brier|crps|pinball|winkler/i;
/** What stands beside these is no rival. */
const NEITHER = /gain|coverage|tested/i;

/** `better`, `worse`, `equal`, or null when it cannot be said. */
export function verdict({ name, value, baselineValue }) {
  if (value == null || baselineValue == null || NEITHER.test(name)) return null;
  const direction = HIGHER.test(name) ? 1 : LOWER.test(name) ? -1 : 0;
  if (direction === 0) return null;
  if (value === baselineValue) return 'equal';
  return Math.sign(value - baselineValue) === direction ? 'better' : 'worse';
}

/** The name of the forecast that says: as last year. */
const LAST_YEAR = 'naive';

/** What back-tests say of a forecast model beside "as last year"; the gain counts from one standard error on. */
export function besideLastYear(model) {
  if (model?.name === LAST_YEAR) {
    return model.served
      ? 'It says “as last year”: in back-tests no other model beat that by more than chance.'
      : 'It says “as last year”.';
  }
  const metrics = model?.metrics ?? [];
  const error = metrics.find((one) => one.baseline === LAST_YEAR && verdict(one) !== null);
  if (error === undefined) return 'No comparison with “as last year” is recorded for it.';
  const gain = metrics.find(({ name }) => name === `${error.name} gain`);
  const numbers = `${error.name} ${error.value.toFixed(3)} beside ${error.baselineValue.toFixed(3)}`;
  if (verdict(error) !== 'better') return `In back-tests it is not better than “as last year” (${numbers}).`;
  if (gain?.value != null && gain.baselineValue != null) {
    const measured = `${numbers}; gain ${gain.value.toFixed(3)} ± ${gain.baselineValue.toFixed(3)}`;
    return gain.value > gain.baselineValue
      ? `In back-tests it is better than “as last year” (${measured}).`
      : `In back-tests it is ahead of “as last year” by no more than chance (${measured}).`;
  }
  return `In back-tests it is better than “as last year” (${numbers}).`;
}
