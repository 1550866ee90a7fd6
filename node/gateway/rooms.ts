/** What the gateway stands in front of: the rooms of a node, as `Node` has them. */
import type { Roster } from '../../protocol/roster.ts'
import type { RecordShelf } from '../access/record-shelf.ts'
import type { Acts } from '../acts/acts.ts'
import type { Succession } from '../acts/succession.ts'
import type { WatchCopies } from '../border/watch-copies.ts'
import type { Enrolment } from '../enrol/enrol.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'
import type { Disputes } from '../search/disputes.ts'
import type { Replayer } from '../search/replayer.ts'
import type { Samples } from '../search/samples.ts'
import type { Search } from '../search/search.ts'
import type { SecondLook } from '../search/second-look.ts'
import type { ShardKeeper } from '../search/shard-keeper.ts'

export interface Rooms {
  readonly name: string
  readonly roster: Roster
  readonly rosterNote: string
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly search: Search
  readonly secondLook: SecondLook
  readonly samples: Samples
  readonly replayer: Replayer
  readonly disputes: Disputes
  readonly enrolment: Enrolment
  readonly acts: Acts
  readonly succession: Succession
  readonly watchCopies: WatchCopies
  readonly mesh: Mesh
}
