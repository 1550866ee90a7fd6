/**
 * One node of the bench with its HTTP interface, in a process of its own that can be killed.
 *
 * Usage: gateway-child.js <folder> <name> <file of the roster>; says its URL to its parent.
 */
import { readFile } from 'node:fs/promises'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { systemClock } from '../../../node/clock.ts'
import { Gateway } from '../../../node/gateway/gateway.ts'
import { silentLogger } from '../../../node/logger.ts'
import { startBenchNode } from '../search/bench-mesh.ts'

const [folder = '', name = '', file = ''] = process.argv.slice(2)
const note = await readFile(file, 'utf8')
const { node } = await startBenchNode({ folder, note, name, isHedged: true })
await node.ready()
const extractor = new Extractor({ workers: 1 }, { clock: systemClock })
const modules = { node, extractor, clock: systemClock, logger: silentLogger }
const { url } = await Gateway.start({ host: '127.0.0.1', port: 0 }, modules)
process.send?.(url)
process.on('disconnect', () => process.exit())
