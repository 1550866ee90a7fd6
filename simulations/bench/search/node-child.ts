/**
 * One node of the bench in a process of its own, which can be stopped like one that stands still.
 *
 * Usage: node-child.js <folder> <name> <file of the roster>; says `ready` to its parent.
 */
import { readFile } from 'node:fs/promises'
import { startBenchNode } from './bench-mesh.ts'

const [folder = '', name = '', file = ''] = process.argv.slice(2)
const note = await readFile(file, 'utf8')
const { node } = await startBenchNode({ folder, note, name, isHedged: true })
await node.ready()
process.send?.('ready')
process.on('disconnect', () => process.exit())
