/** `tamga document`: what stands on a passport's chip, and whether a state wrote it. */
import type { Command } from 'commander'
import { addDocumentAuthority } from './document-authority.ts'
import { addDocumentIssue } from './document-issue.ts'
import { addDocumentRead } from './document-read.ts'

export function addDocument(program: Command): void {
  const document = program.command('document').description('passports and their chips')
  addDocumentRead(document)
  addDocumentIssue(document)
  addDocumentAuthority(document)
}
