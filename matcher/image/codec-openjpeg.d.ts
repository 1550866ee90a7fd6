/** What is used here of a package that has no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  interface Decoder {
    /** Room for the file, inside the decoder's memory. */
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    /** A view of the decoder's memory, empty where nothing could be decoded. */
    getDecodedBuffer(): Uint8Array
    delete(): void
  }
  interface OpenJpeg {
    readonly J2KDecoder: new () => Decoder
  }
  interface Options {
    print: (line: string) => void
    printErr: (line: string) => void
  }
  function create(options: Options): Promise<OpenJpeg>
  export = create
}
