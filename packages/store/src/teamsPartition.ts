/** The loop of the teams has a row among the partitions, for its position, its epoch and its lease: the last number that the column holds. */
export const TEAMS_PARTITION = 32_767;
