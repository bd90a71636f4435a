/** What is wrong with the YAML itself, in words for who wrote it. */
export interface YamlIssue {
  message: string;
  /** Where in the text. */
  offset: number;
}
