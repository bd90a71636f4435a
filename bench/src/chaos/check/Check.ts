/** One thing that has to hold in the end. */
export interface Check {
  name: string;
  expected: number;
  found: number;
  /** The first few differences. */
  differences: string[];
}

export const DIFFERENCES_SHOWN_MAX = 5;

export function isGood({ expected, found, differences }: Check): boolean {
  return expected === found && differences.length === 0;
}
