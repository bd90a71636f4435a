/** As they were typed. */
export interface ReplayFlags {
  verify?: boolean;
  swap?: boolean;
  tenant?: string;
  fromArchive?: string;
  restart?: boolean;
  partial?: boolean;
}
