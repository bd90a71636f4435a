import { expect, it } from 'vitest';
import { adviseExpression } from './adviseExpression.js';

it.each([
  ['properties.branch = "main"', 'Write == to compare'],
  ['properties.branch === "main"', 'Write == and !='],
  ['properties.branch <> "main"', 'Write != for “is not”'],
  ['properties.branch =~ "main"', 'Write rematch(text, "pattern")'],
  ['properties.branch == “main”', 'Use the plain quotes " or \''],
  ['properties.branch == "main', 'A quote is not closed: texts stand between two of the same kind'],
  ['properties.a == 1 and properties.b == 2', 'Write && for “and”'],
  ['properties.a == 1 & properties.b == 2', 'Write && for “and”'],
  ['properties.a == 1 OR properties.b == 2', 'Write || for “or”'],
  ['not properties.draft', 'Write ! for “not”, such as !(properties.draft)'],
  ['properties.branch contains "main"', 'Write it as properties.name.contains("text")'],
  ['properties.draft == False', 'Write true, false and null in small letters'],
  ['(properties.a == 1', 'A ( is not closed'],
  ['properties.a == 1)', 'There is a ) too many'],
  ['properties.branch == main', 'A text stands in quotes: "main"'],
  ['properties.branch in [main, "dev"]', 'A text stands in quotes: "main"'],
  ['branch == "main"', 'Write properties.branch for a property of the event'],
  ['"or" == "=" && branch == "main"', 'Write properties.branch for a property of the event'],
  ['property.branch == "main"', 'Write properties.branch'],
  ['user_id == "ada"', 'Write actor.user_id'],
  ['properties.tags.exists(t, t == "a") && team_id == "a"', 'Write actor.team_id'],
  ['properties.branch.size() > 1 && properties["and"] >= 2.0', null],
])('advises on %s', (text, advice) => {
  expect(adviseExpression(text)).toBe(advice);
});
