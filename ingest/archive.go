package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"triage/ingest/record"
	"triage/ingest/workbook"
)

// Limits on what an archive's directory may cost, whatever it claims.
const (
	maxMembers   = 100_000  // a tenant's export in one file per day and mailbox stays far below
	maxDirectory = 64 << 20 // bytes: an attacker writes names, comments and extra fields as long as he likes
)

var errEncrypted = errors.New("encrypted: unpack it with its password first")

var errDirectory = fmt.Errorf("its directory has more than %d members, or %d MiB", maxMembers, maxDirectory>>20)

// archive is a zip file whose directory was read once, for all of its members. The file is open only while one of them
// is read, so that a folder of archives does not use up what a process may have open.
type archive struct {
	path    string // as shown
	members []*zip.File

	mu   sync.Mutex
	file diskFile // nil while no member is read
	uses int
	left *allowance // of the directory while that is read, else nil
}

// allowance is what reading a directory may still take.
type allowance struct{ members, bytes int }

// readArchive reads the directory of an open zip file.
func readArchive(file diskFile, size int64) (*archive, error) {
	a := &archive{file: file, left: &allowance{maxMembers, maxDirectory}}
	z, err := zip.NewReader(a, size)
	a.file, a.left = nil, nil
	switch {
	case err != nil:
		return nil, err
	case len(z.File) > maxMembers: // where signatures were read in two parts, and not counted
		return nil, errDirectory
	}
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstd.WithDecoderMaxWindow(maxWindow)))
	for _, m := range z.File {
		m.Extra, m.Comment = nil, "" // nothing asks for them again
	}
	a.members = z.File
	return a, nil
}

// ReadAt implements io.ReaderAt for the zip reader: of the file while it is open, and of no more than a directory may
// have while that is read. Each member's entry begins with a signature, so that they can be counted before they are kept.
func (a *archive) ReadAt(p []byte, at int64) (int, error) {
	n, err := a.file.ReadAt(p, at)
	if a.left != nil {
		a.left.bytes -= n
		a.left.members -= bytes.Count(p[:n], []byte("PK\x01\x02"))
		if a.left.bytes < 0 || a.left.members < 0 {
			return 0, errDirectory
		}
	}
	return n, err
}

// acquire opens the file for one more member, unless it has changed; release follows.
func (a *archive) acquire(s *source) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.uses == 0 {
		file, err := s.openFile()
		if err != nil {
			return err
		}
		a.file = file
	}
	a.uses++
	return nil
}

func (a *archive) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.uses--; a.uses == 0 {
		_ = a.file.Close() // only ever read from
		a.file = nil
	}
}

// acquired lets a stream release its archive as it closes files.
type acquired struct{ *archive }

// Close implements io.Closer.
func (a acquired) Close() error {
	a.release()
	return nil
}

// open begins to read a member.
func (a *archive) open(s *source, st *stream) (io.Reader, error) {
	if err := a.acquire(s); err != nil {
		return nil, err
	}
	st.closes = append(st.closes, acquired{a})
	m := a.members[s.member]
	member, err := m.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("%w: compressed by a method that is not known: %s", ErrArchive, methodName(m.Method))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	st.closes = append(st.closes, member)
	packed := int64(m.CompressedSize64)
	if whole := m.UncompressedSize64; whole > 0 {
		st.packed = float64(packed) / float64(whole)
	}
	st.most = int64(min(m.UncompressedSize64, sampleSize))
	return &bounded{r: member, free: s.free, packed: func() int64 { return packed }}, nil
}

// methodName is a zip method's number, and its name where it has one. Source: PKWARE, APPNOTE.TXT 4.4.5.
func methodName(method uint16) string {
	names := map[uint16]string{
		1: "Shrink", 6: "Implode", 9: "Deflate64", 10: "PKWARE Implode", 12: "bzip2", 14: "LZMA", 95: "XZ", 98: "PPMd", 99: "AES encryption",
	}
	if name, known := names[method]; known {
		return fmt.Sprintf("%d, %s", method, name)
	}
	return fmt.Sprint(method)
}

// noMember says why nothing of an archive could be read.
func noMember(reasons []string) error {
	if len(reasons) == 0 {
		return fmt.Errorf("%w: it has no members", ErrArchive)
	}
	return fmt.Errorf("%w: no member can be read: %s", ErrArchive, tallied(reasons))
}

// refused says of members that are not read why not, by index. The file is open, and of that size.
//
// Members that share bytes are how a small archive decodes to petabytes (Fifield, "A better zip bomb", 2019); a damaged
// directory does the same. Of those that overlap, as many as possible are kept, so that damage costs its member alone.
func (a *archive) refused(size int64) map[int]error {
	reasons := map[int]error{}
	type extent struct {
		member     int
		start, end int64
	}
	var extents []extent
	for i, m := range a.members {
		switch start, err := m.DataOffset(); {
		case m.FileInfo().IsDir():
		case m.Flags&1 != 0:
			reasons[i] = errEncrypted
		case m.CompressedSize64 == 0:
		case err != nil:
			reasons[i] = fmt.Errorf("%w: %w", ErrArchive, err)
		default:
			length := min(m.CompressedSize64, uint64(max(0, size-start)))
			extents = append(extents, extent{i, start, start + int64(length)})
		}
	}
	slices.SortFunc(extents, func(x, y extent) int {
		return cmp.Or(cmp.Compare(x.end, y.end), cmp.Compare(x.member, y.member))
	})
	last := extent{member: -1}
	for _, e := range extents {
		if e.start < last.end {
			name := strings.ToValidUTF8(a.members[last.member].Name, "\uFFFD")
			reasons[e.member] = fmt.Errorf("%w: it overlaps %q, as in a decompression bomb", ErrArchive, record.Clip(name, 100))
			continue
		}
		last = e
	}
	return reasons
}

// archive takes the members of a zip file.
func (f *finder) archive(file diskFile, src source) error {
	a, err := readArchive(file, src.size)
	if err != nil {
		return &PathError{Path: src.path, Err: fmt.Errorf("%w: %w", ErrArchive, err)}
	}
	switch {
	case workbook.Is(a.names()):
		return f.workbook(src, io.NewSectionReader(file, 0, src.size))
	case a.isOffice():
		return &PathError{Path: src.path, Err: fmt.Errorf("%w: an Office document", ErrBinary), hint: "save it as CSV"}
	}
	a.file = file // the caller closes it
	defer func() { a.file = nil }()
	refused := a.refused(src.size)
	a.path = src.path
	added, refusals := 0, []string(nil)
	for i, member := range a.members {
		if member.FileInfo().IsDir() {
			continue
		}
		one := src
		one.path = src.path + "!" + strings.ToValidUTF8(member.Name, "\uFFFD")
		one.archive, one.member, one.explicit, one.packed = a, i, false, true
		if one.root == "" {
			one.root = src.path
		}
		switch why := refused[i]; {
		case why == nil:
		case ofDisk(why):
			f.problems = append(f.problems, &PathError{Path: one.path, Err: why})
			refusals = append(refusals, why.Error())
			continue
		default:
			f.ignored = append(f.ignored, Ignored{one.path, why.Error(), one.root})
			refusals = append(refusals, why.Error())
			continue
		}
		if sheets, err := sheetsIn(member); err != nil {
			f.ignored = append(f.ignored, Ignored{one.path, err.Error(), one.root})
			refusals = append(refusals, err.Error())
			continue
		} else if len(sheets) > 0 {
			f.sheets(one, sheets, i)
		} else {
			f.add(&one)
		}
		added++
	}
	if added == 0 {
		return &PathError{Path: src.path, Err: noMember(refusals)}
	}
	return nil
}

// names are those of the members.
func (a *archive) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, m := range a.members {
			if !yield(m.Name) {
				return
			}
		}
	}
}

// workbook takes the sheets of a workbook. One sheet is the file; of several, each that holds no export is told.
func (f *finder) workbook(src source, file io.Reader) error {
	sheets, err := workbook.Sheets(file)
	if err != nil {
		return &PathError{Path: src.path, Err: fmt.Errorf("%w: %w", ErrArchive, err), hint: "save it as CSV"}
	}
	f.sheets(src, sheets, -1)
	return nil
}

// sheets takes the sheets of a workbook: member is its number in an archive; -1 if it stands alone.
func (f *finder) sheets(src source, sheets []string, member int) {
	for i, name := range sheets {
		one := src
		one.sheet, one.packed = name, true
		if len(sheets) > 1 {
			one.path, one.explicit = src.path+"!"+strings.ToValidUTF8(name, "\uFFFD"), false
			if member < 0 {
				one.member = i
			}
			if one.root == "" {
				one.root = src.path
			}
		}
		f.add(&one)
	}
}

// sheetsIn are the sheets of a member that is a workbook, by its name and its first bytes: to look into each of 100,000 members
// takes too long. None for a member that is no workbook, or cannot be opened, which is told when it is read.
func sheetsIn(member *zip.File) ([]string, error) {
	if name := strings.ToLower(member.Name); !strings.HasSuffix(name, ".xlsx") && !strings.HasSuffix(name, ".xlsm") {
		return nil, nil
	}
	file, err := member.Open()
	if err != nil {
		return nil, nil
	}
	defer file.Close()
	packed := int64(member.CompressedSize64)
	in := bufio.NewReader(&bounded{r: file, free: freeOf(1), packed: func() int64 { return packed }})
	if magic, _ := in.Peek(4); !isZip(magic) {
		return nil, nil
	}
	sheets, err := workbook.Sheets(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	return sheets, nil
}

// isOffice tells .xlsx and .docx, which are zip archives too.
func (a *archive) isOffice() bool {
	return slices.ContainsFunc(a.members, func(m *zip.File) bool { return m.Name == "[Content_Types].xml" })
}
