/**
 * Everything that goes on around a node's logs while it runs: serving them, keeping the mirrors up,
 * finding out how far the own one goes, having it cosigned, passing on evidence.
 */
import type { Cosigner } from '../../crypto/cosignature.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import { Accuser } from './accuser.ts'
import { Cosigning } from './cosigning.ts'
import type { Ledger } from './ledger.ts'
import { serveLogs } from './log-server.ts'
import { pull } from './pull.ts'
import { Recovery } from './recovery.ts'
import { Replicator } from './replicator.ts'

interface UpkeepModules {
  readonly ledger: Ledger
  /** Says what this node holds as a mirror. */
  readonly cosigner: Cosigner
  readonly mesh: Mesh
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export class Upkeep {
  readonly replicator: Replicator
  readonly #modules: UpkeepModules
  readonly #accuser: Accuser
  readonly #cosigning: Cosigning
  readonly #recovery: Recovery
  #ready: Promise<void> = Promise.resolve()
  #closed = false

  constructor({ self, roster }: { self: string; roster: Roster }, modules: UpkeepModules) {
    const { ledger, mesh, clock } = modules
    const { own, quarantine, cosignatures } = ledger
    this.#modules = modules
    this.#accuser = new Accuser({ ...modules, quarantine })
    this.replicator = new Replicator({ ...modules, accuser: this.#accuser })
    this.#cosigning = new Cosigning({ self, roster }, { ...modules, own, cosignatures })
    const isClosed = (): boolean => this.#closed
    this.#recovery = new Recovery(
      { roster },
      {
        ...modules,
        own,
        pull: async (copy, checkpoint, from) => {
          await pull(copy, checkpoint, from, { mesh, clock, isClosed })
        },
      },
    )
  }

  /** Resolves when the own log signs, or when it is known that it will not. */
  get ready(): Promise<void> {
    return this.#ready
  }

  start(): void {
    const { ledger, mesh } = this.#modules
    serveLogs(mesh, ledger)
    ledger.witness.serve(mesh)
    this.#accuser.start()
    this.replicator.start()
    this.#cosigning.onImproved(() => ledger.cosigned())
    this.#cosigning.start()
    this.#ready = this.#recovery.run().then(() => this.#cosigning.begin())
  }

  /** Resolves when nothing of it writes any more. To be called once the mesh is closed. */
  async close(): Promise<void> {
    this.#closed = true
    this.#recovery.close()
    this.#cosigning.close()
    await this.replicator.close()
    await this.#accuser.close()
    await this.#ready
    await this.#modules.ledger.close()
  }
}
