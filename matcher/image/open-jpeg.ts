/** OpenJPEG, which has to be made ready once in each thread. */
import createOpenJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'

/** What it has to say about a file, good or bad, is for nobody's terminal. */
const quiet = { print() {}, printErr() {} }

export const openJpeg = await createOpenJpeg(quiet)
