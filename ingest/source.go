package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"triage/ingest/charset"
	"triage/ingest/clixml"
	"triage/ingest/formatlist"
	"triage/ingest/workbook"
)

// Limits on what decompression may cost. Logs compress 10 to 40 times, replicated test corpora some hundred times; a
// bomb reaches 1,000 (gzip) and far more (zstd). A compressed stream may decode to maxRatio times the bytes that it takes
// on the disk, and to a little more: freeOutput, or less where there are so many streams that all of it together would be
// more than freeTotal. So an archive, and a run, decode to at most maxRatio times their bytes on the disk, and to
// freeTotal more (beyond 4,096 streams, a MiB a stream).
const (
	maxRatio   = 400
	freeOutput = 256 << 20
	freeTotal  = 4 << 30
	freeLeast  = 1 << 20
	maxLayers  = 3         // .gz inside .zst inside .zip
	maxWindow  = 128 << 20 // memory of a zstd stream; what `zstd --long` uses at most
)

// freeOf is what each of a number of compressed streams may decode to whatever it takes on the disk. It depends on
// nothing but their number, so that no worker's speed decides which stream is cut.
func freeOf(streams int64) int64 {
	return min(freeOutput, max(freeLeast, freeTotal/max(1, streams)))
}

// errBomb ends a stream that expands beyond reason.
var errBomb = fmt.Errorf("expands more than %d-fold: taken for a decompression bomb", maxRatio)

// stream is a source while it is being read.
type stream struct {
	sample []byte    // the first decoded bytes
	last   bool      // the sample is everything
	rest   io.Reader // what follows the sample
	plain  bool      // decoded offsets are file offsets
	wide   charset.Encoding
	raw    *hashingReader

	printed string  // by what else than a writer of tables or JSON, as a reason says it
	most    int64   // bytes that will come, if that is known before they are decompressed
	packed  float64 // bytes on the disk for each byte of raw; less than 1 for members of archives
	free    int64   // bytes that it may decode to whatever packed says
	closes  []io.Closer
}

// onDisk is how many bytes on the disk were read so far; those of an archive's member in proportion.
func (st *stream) onDisk() int64 { return int64(float64(st.raw.n) * st.packed) }

// sampleSize is what recognising a format looks at first; more is read only if no whole record fits.
const sampleSize = 64 << 10

// open begins to read a source. hashed asks for the SHA-256 of its bytes as they are on the disk.
func (s *source) open(hashed bool) (*stream, error) {
	st := &stream{packed: 1, free: s.free, most: s.size, wide: s.page}
	raw, err := s.raw(st)
	if err != nil {
		st.close()
		return nil, err
	}
	st.raw = &hashingReader{r: raw}
	if hashed {
		st.raw.sum = sha256.New()
	}
	text, err := s.text(st)
	if err != nil {
		st.close()
		return nil, err
	}
	if err := st.begin(text); err != nil {
		st.close()
		if !st.plain {
			err = fmt.Errorf("%w: %w", ErrArchive, err)
		}
		return nil, err
	}
	return st, nil
}

// text is the stream without what it is packed in.
func (s *source) text(st *stream) (io.Reader, error) {
	if s.sheet == "" {
		return st.decompress(st.raw)
	}
	st.plain, st.most = false, sampleSize
	sheet, err := workbook.Open(st.raw, s.sheet)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	st.closes = append(st.closes, sheet)
	return sheet, nil
}

func (s *source) raw(st *stream) (io.Reader, error) {
	if s.archive != nil {
		return s.archive.open(s, st)
	}
	file, err := s.openFile()
	if err != nil {
		return nil, err
	}
	st.closes = append(st.closes, file)
	st.plain = true
	return file, nil
}

// openFile opens the file on disk if it is what it was when it was found, or its copy, which nobody else can change.
func (s *source) openFile() (diskFile, error) {
	if s.spool != nil {
		return section{io.NewSectionReader(s.spool, 0, s.size)}, nil
	}
	file, err := os.Open(s.file)
	if err != nil {
		return nil, reason(err)
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != s.size || info.ModTime().UnixNano() != s.modified) {
		err = ErrChanged
	}
	if err != nil {
		_ = file.Close() // nothing was read from it
		return nil, reason(err)
	}
	return file, nil
}

// decompress takes off the layers of compression that the stream shows by its magic bytes.
func (st *stream) decompress(r io.Reader) (io.Reader, error) {
	for layer := 0; ; layer++ {
		peek := bufio.NewReaderSize(r, st.buffer(64<<10))
		magic, err := peek.Peek(8)
		if err != nil && !errors.Is(err, io.EOF) && len(magic) == 0 {
			if !st.plain {
				err = fmt.Errorf("%w: %w", ErrArchive, err)
			}
			return nil, err
		}
		var inner io.Reader
		switch {
		case isGzip(magic):
			inner, err = gzip.NewReader(peek)
		case isZstd(magic):
			inner, err = st.zstd(peek)
		case isZip(magic) && layer+len(st.closes) > 1:
			return nil, fmt.Errorf("%w: an archive inside another", ErrArchive)
		default:
			if layer == 0 {
				return peek, nil
			}
			return &bounded{r: peek, free: st.free, packed: st.onDisk}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrArchive, err)
		}
		if layer == maxLayers {
			return nil, fmt.Errorf("%w: compressed more than %d times", ErrArchive, maxLayers)
		}
		st.plain, st.most = false, sampleSize
		r = inner
	}
}

// buffer is the size of a buffer that is to hold so many bytes, or all that come and one more: zeroing whole ones was most
// of the cost of small files. UTF-16 takes up to half as much again in UTF-8.
func (st *stream) buffer(size int64) int { return int(min(size, 2*st.most+512)) }

func (st *stream) zstd(r io.Reader) (io.Reader, error) {
	dec, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	st.closes = append(st.closes, dec.IOReadCloser())
	return checked{dec}, nil
}

// checked reads a zstd stream to its end where only the checksum is wrong: the decoder then keeps the last block, which
// in a small file is all of it, until it is asked once more.
type checked struct{ *zstd.Decoder }

// Read implements io.Reader.
func (c checked) Read(p []byte) (int, error) {
	n, err := c.Decoder.Read(p)
	if errors.Is(err, zstd.ErrCRCMismatch) && n < len(p) {
		more, again := c.Decoder.Read(p[n:])
		if n += more; more > 0 {
			err = again
		}
	}
	return n, err
}

// wrongChecksum says that all of a compressed stream was read, and that it is not what was written.
func wrongChecksum(err error) bool {
	return errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch)
}

func isZip(magic []byte) bool {
	return bytes.HasPrefix(magic, []byte("PK\x03\x04")) || bytes.HasPrefix(magic, []byte("PK\x05\x06"))
}

// isPacked says whether a stream that begins so is taken off a layer of compression.
func isPacked(magic []byte) bool { return isGzip(magic) || isZstd(magic) }

func isGzip(magic []byte) bool { return bytes.HasPrefix(magic, []byte("\x1f\x8b")) }

// isZstd knows the magic number and that of skippable frames, which some writers put first (RFC 8878 §3.1).
func isZstd(magic []byte) bool {
	return bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")) ||
		len(magic) >= 4 && magic[0]&0xF0 == 0x50 && bytes.Equal(magic[1:4], []byte("\x2a\x4d\x18"))
}

// begin reads the sample and settles the text encoding.
func (st *stream) begin(r io.Reader) error {
	peek := make([]byte, st.buffer(4096))
	n, err := io.ReadFull(r, peek)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		if n == 0 {
			return err
		}
		r = &failed{err} // what stands before the damage is read
	}
	if st.wide == charset.UTF8 {
		st.wide = charset.Sniff(peek[:n])
	}
	st.plain = st.plain && st.wide == charset.UTF8
	st.rest = charset.NewReader(io.MultiReader(bytes.NewReader(peek[:n]), r), st.wide)
	if head, _ := io.ReadAll(charset.NewReader(bytes.NewReader(peek[:n]), st.wide)); formatlist.Is(head) {
		st.rest, st.printed, st.plain = formatlist.NewReader(st.rest), "as Format-List printed it", false
	} else if clixml.Is(head) {
		st.rest, st.printed, st.plain = clixml.NewReader(st.rest), "as Export-Clixml wrote it", false
	}
	return st.more(st.buffer(sampleSize))
}

// more lets the sample grow to n bytes. An error of the reader comes up again when the rest is read.
func (st *stream) more(n int) error {
	have := len(st.sample)
	grown := make([]byte, have, n) // memory that nothing is read into is not touched, as append would
	copy(grown, st.sample)
	got, err := io.ReadFull(st.rest, grown[have:n])
	st.sample = grown[:have+got]
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && got < n-have:
		st.last = !st.failing(err)
		return nil
	case len(st.sample) > 0:
		st.rest = &failed{err}
		return nil
	}
	return err
}

// failing tells a compressed stream that was cut from one that is over: both read as an unexpected end.
func (st *stream) failing(error) bool {
	_, err := st.rest.Read(make([]byte, 1))
	if err == nil || errors.Is(err, io.EOF) {
		return false
	}
	st.rest = &failed{err}
	return true
}

// failed is a reader that has ended with an error.
type failed struct{ err error }

// Read implements io.Reader.
func (f *failed) Read([]byte) (int, error) { return 0, f.err }

// text is the decoded stream from offset on, which must lie within the sample.
func (st *stream) text(offset int) io.Reader {
	return io.MultiReader(bytes.NewReader(st.sample[offset:]), st.rest)
}

// sha256 is the hash of all bytes on the disk; what decoding has left unread is read now. With an error it is that of the
// bytes up to there.
func (st *stream) sha256() (string, error) {
	_, err := io.Copy(io.Discard, st.raw)
	return hex.EncodeToString(st.raw.sum.Sum(nil)), err
}

func (st *stream) close() {
	for i := len(st.closes) - 1; i >= 0; i-- {
		_ = st.closes[i].Close() // only ever read from
	}
}

// hashingReader counts and hashes what is read through it.
type hashingReader struct {
	r   io.Reader
	n   int64
	sum hash.Hash
	err error // what ended the reading, other than its end
}

// Read implements io.Reader.
func (c *hashingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// bounded ends a decompressed stream that grows beyond all reason.
type bounded struct {
	r      io.Reader
	n      int64
	free   int64        // what may come whatever packed says
	packed func() int64 // bytes on the disk
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > b.free && b.n/maxRatio > b.packed() {
		return n, errBomb
	}
	return n, err
}

// diskFile is evidence on the disk: a file, or the copy of what can be read only once.
type diskFile interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// section is a reading of a copy, which stays open for others.
type section struct{ *io.SectionReader }

// Close implements io.Closer.
func (section) Close() error { return nil }
