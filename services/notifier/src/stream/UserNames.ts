/** A user, as a reader names them. */
export interface NamedUser {
  tenantKey: number;
  userId: string;
}

/** Who is called by more than one id, and who was merged into somebody else. */
export interface UserNames {
  /** All ids that lead to whom one of them stands for, that of the user first. */
  of(user: NamedUser): Promise<readonly [string, ...string[]]>;
  /** Which of some ids are aliases of other users by now. */
  aliasesAmong(users: readonly NamedUser[]): Promise<readonly NamedUser[]>;
}
