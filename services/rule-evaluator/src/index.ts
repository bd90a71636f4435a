export { RuleEvaluator, type RuleEvaluatorOptions } from './RuleEvaluator.js';
