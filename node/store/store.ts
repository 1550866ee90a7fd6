/**
 * The disk, as the rest of a node sees it: an ordered map from strings to bytes.
 *
 * Keys sort by UTF-16 code unit and are ASCII by convention (`log/almaty/entry/000000000000002a`).
 * Values returned belong to the caller; values handed in must not be changed afterwards.
 */
export type StoreOp =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string }

export interface Store {
  get(key: string): Promise<Uint8Array | undefined>
  /** Values in the order of the keys, undefined where there is none. */
  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>
  /**
   * Applies all of `ops` or none of them. With `durable` it resolves only after the disk has
   * confirmed that they survive a power cut; without, a crash may lose the latest batches, in
   * order.
   *
   * @throws TamgaError `storage`: the batch may or may not be there after a restart
   */
  batch(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void>
  /** Entries with `from` ≤ key < `to`, in order, at most `limit` of them. */
  range(from: string, to: string, limit: number): Promise<[key: string, value: Uint8Array][]>
  close(): Promise<void>
}
