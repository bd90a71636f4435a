/** Whose state it is: a user's, a team's, or what the loop of the teams knows of a user as a member of one. */
export type OwnerKind = 'user' | 'team' | 'member';

/** As `users.kind` holds it. */
export const OWNER_KIND: Readonly<Record<OwnerKind, number>> = { user: 0, team: 1, member: 2 };
