package ingest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"triage/ingest/record"
	"triage/ingest/unwrap"
	"triage/ingest/unwrap/flatten"
)

// kind is what a stream was recognised as.
type kind struct {
	format *record.Format
	look   record.Look
	why    string
	way    string // what the records stand inside of, where they are no records as they are
	listed bool   // a list lies between
	start  int    // where the first record begins
	header bool   // a header row stands before it
}

// same says that what stays of a kind after reading is the same: what evidence is looked up with.
func (k *kind) same(other *kind) bool {
	a, b := &k.look, &other.look
	return (k.format == other.format || k.way != "" && k.way == other.way && k.format.Name == other.format.Name) && k.start == other.start && a.Data == b.Data && a.Top == b.Top && a.Beyond == b.Beyond &&
		a.Cut.Shape == b.Cut.Shape && slices.Equal(a.Cut.List, b.Cut.List) && a.Cut.Rows == b.Cut.Rows && a.Cut.Led == b.Cut.Led && a.Cut.Texts == b.Cut.Texts && a.Cut.Sep == b.Cut.Sep && (a.Cut.RowStart == nil) == (b.Cut.RowStart == nil) &&
		slices.Equal(a.Header, b.Header) && bytes.Equal(a.Page, b.Page)
}

// recognise finds out what a stream is by its beginning, and by nothing else.
func (st *stream) recognise(formats []record.Format) (kind, error) {
	if err := st.checkText(); err != nil {
		return kind{}, err
	}
	for {
		k, whole, err := st.look(formats)
		err = ours(st.sample, err)
		if err == nil || whole || st.last || len(st.sample) >= record.MaxRecord {
			return k, err
		}
		before := len(st.sample)
		if err := st.more(before * 4); err != nil {
			return kind{}, err
		}
		if len(st.sample) == before {
			return k, err
		}
	}
}

// look tries every format. whole says that the sample showed at least one whole record, so that more will not help.
func (st *stream) look(formats []record.Format) (k kind, whole bool, err error) {
	if look, ok := record.LookTexts(st.sample); ok {
		if k, ok := inside(look, st.sample, formats, nil); ok {
			return k, true, nil
		}
	}
	if record.LooksLikeJSON(st.sample) {
		look := record.LookJSON(st.sample)
		if k, ok := claim(look, st.sample, formats); ok {
			return k, true, nil
		}
		k, single := inside(look, st.sample, formats, nil)
		if !single || k.listed {
			if k, ok := listed(st.sample, formats); ok {
				return k, true, nil
			}
		}
		if single {
			return k, true, nil
		}
		if len(look.Objects) == 0 {
			return kind{}, false, fmt.Errorf("%w: JSON without an object", ErrEmpty)
		}
		if name := categoryOf(look.Objects[0]); name != "" {
			return kind{}, true, fmt.Errorf("%w: records of the category %.60q, a log that nothing here reads", ErrUnknown, name)
		}
		return kind{}, true, fmt.Errorf("%w: JSON objects that begin %q", ErrUnknown, record.Clip(string(look.Objects[0]), 120))
	}
	if look, ok := record.LookMail(st.sample); ok {
		if k, ok := claim(look, st.sample, formats); ok {
			return k, true, nil
		}
	}
	looks := record.LookCSV(st.sample, st.last)
	for _, look := range looks {
		if k, ok := claim(look, st.sample, formats); ok {
			return k, true, nil
		}
	}
	for _, look := range looks {
		if k, ok := inside(look, st.sample, formats, nil); ok {
			return k, true, nil
		}
	}
	if look, ok := record.LookDamagedJSON(st.sample); ok {
		if k, ok := claim(look, st.sample, formats); ok {
			return k, true, nil
		}
	}
	if look, ok := record.LookLedJSON(st.sample); ok {
		k, ok := claim(look, st.sample, formats)
		if !ok {
			k, ok = inside(look, st.sample, formats, nil)
		}
		if ok {
			k.why += "; each behind words on its line"
			return k, true, nil
		}
	}
	if k, ok := behindBanner(st.sample, st.last, formats); ok {
		return k, true, nil
	}
	if len(looks) == 0 {
		return kind{}, false, fmt.Errorf("%w: the first row has no end", ErrUnknown)
	}
	return kind{}, true, unknownTable(looks[0].Header, looks[0].Beyond, tables(formats))
}

// flattened recognises records whose lists and objects were spread over columns or members.
func flattened(look record.Look, sample []byte, formats []record.Format) (kind, bool) {
	found, ok := unwrap.Format{}, false
	switch {
	case look.Shape == record.CSV && !look.Grown:
		found, ok = unwrap.Flattened(look.Head, formats)
	case look.Shape == record.JSON && flatten.In(look.Objects, sample):
		found, ok = unwrap.Rebuilt(look.Head, formats)
	}
	if !ok {
		return kind{}, false
	}
	k := kindOf(&found.Format, look, sample)
	k.why, k.way = found.Why, found.Why
	return k, true
}

// inside recognises records that stand inside something else: in wrappers of JSON, or in the cells of a table.
// outer is the format that claims what is around them; nil for none.
func inside(look record.Look, sample []byte, formats []record.Format, outer *record.Format) (kind, bool) {
	found, ok := unwrap.Format{}, false
	switch look.Shape {
	case record.JSON:
		found, ok = unwrap.JSON(look.Head, formats, outer)
	case record.CSV:
		found, ok = unwrap.Within(look.Head, formats, outer)
	}
	if !ok {
		return kind{}, false
	}
	k := kindOf(&found.Format, look, sample)
	k.why, k.way, k.listed = found.Why, found.Why, found.Listed
	return k, true
}

// listed recognises records in a list that lies deeper in its wrapper than in Microsoft's pages, as in
// {"hits":{"hits":[…]}}, or whose elements are rows.
func listed(sample []byte, formats []record.Format) (kind, bool) {
	for _, list := range record.Lists(sample) {
		look := record.LookList(sample, list, false)
		k, ok := claim(look, sample, formats)
		if !ok {
			k, ok = inside(look, sample, formats, nil)
		}
		if !ok || k.listed { // what holds a list of records is no record
			look = record.LookList(sample, list, true)
			found, rows := unwrap.Rows(look.Head, formats)
			if !rows {
				continue
			}
			const shown = 4 << 10 // the reader has the names
			look.Page = look.Page[:min(len(look.Page), shown)]
			k = kindOf(&found.Format, look, sample)
			k.why = found.Why
		}
		k.why = fmt.Sprintf("in the list %q of what is around them: %s", strings.Join(list, "."), k.why)
		k.way = k.why
		return k, true
	}
	return kind{}, false
}

// How far a table's header may lie behind what a shell or a person put before it.
const (
	bannerLines = 16
	bannerBytes = 8 << 10
)

// behindBanner recognises a table by a header that is not its first line: a shell's warning or somebody's title stands
// before it. Where a table has no header, its first rows may be damaged.
func behindBanner(sample []byte, last bool, formats []record.Format) (kind, bool) {
	at := 0
	for n := 1; n <= bannerLines; n++ {
		end := bytes.IndexByte(sample[at:], '\n') + 1
		if end == 0 || at+end > bannerBytes {
			break
		}
		at += end
		for _, look := range record.LookCSV(sample[at:], last) {
			k, ok := claim(look, sample[at:], formats)
			if !ok {
				continue
			}
			if !k.header {
				k.start, k.look.Data, k.look.Top = 0, 0, 0 // the lines before are rows, and skipped as such
				return k, true
			}
			k.start, k.look.Data, k.look.Top = k.start+at, k.look.Data+at, k.look.Top+at
			lines := "a line, which begins"
			if n > 1 {
				lines = fmt.Sprintf("%d other lines, which begin", n)
			}
			k.why += fmt.Sprintf("; the table begins behind %s %q", lines, record.Clip(string(bytes.TrimSpace(sample[:at])), 60))
			return k, true
		}
	}
	return kind{}, false
}

func claim(look record.Look, sample []byte, formats []record.Format) (kind, bool) {
	if k, ok := flattened(look, sample, formats); ok {
		return k, true
	}
	for i := range formats {
		f := &formats[i]
		if f.Shape != look.Shape {
			continue
		}
		why := f.Recognise(look.Head)
		if why == "" {
			continue
		}
		if f.Outline {
			if k, ok := inside(look, sample, formats, f); ok {
				return k, true
			}
		}
		k := kindOf(f, look, sample)
		k.why = why
		return k, true
	}
	return kind{}, false
}

// kindOf is how a format reads what it claims.
func kindOf(f *record.Format, look record.Look, sample []byte) kind {
	k := kind{format: f, look: look}
	if k.header = look.Shape == record.CSV && (f.NoHeader == nil || !f.NoHeader(look.Head)); k.header {
		if k.start = look.Data; look.Grown {
			k.start = look.Top // the row is skipped, and said to be
		}
	} else if look.Shape == record.CSV {
		k.start, k.look.Cut.Cells = look.Top, len(f.Columns)
	}
	if f.RowStart != nil && look.Cut.Sep == ',' && slices.ContainsFunc(firstLines(sample[k.start:]), f.RowStart) {
		k.look.Cut.RowStart = f.RowStart // with columns in another order it would never hold
	}
	return k
}

// firstLines are some lines: the first record may be damaged.
func firstLines(text []byte) [][]byte {
	const enough = 20
	return bytes.SplitN(text[:min(len(text), sampleSize)], []byte{'\n'}, enough)
}

func tables(formats []record.Format) []knownTable {
	var known []knownTable
	for _, f := range formats {
		if len(f.Columns) > 0 {
			known = append(known, knownTable{f.Name, f.Columns})
		}
	}
	return known
}

// checkText refuses what is not text at all. A log with some NUL bytes or invalid UTF-8 in it is text.
func (st *stream) checkText() error {
	text := bytes.TrimPrefix(st.sample, []byte("\xEF\xBB\xBF"))
	if len(bytes.TrimSpace(text)) == 0 && st.last {
		return fmt.Errorf("%w: the file is empty", ErrEmpty)
	}
	if name := binaryName(text); name != "" {
		return fmt.Errorf("%w: %s", ErrBinary, name)
	}
	text = text[:min(len(text), 8<<10)]
	odd, total := 0, len(text)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			odd++
		}
		text = text[size:]
	}
	if odd*10 > total*3 {
		return fmt.Errorf("%w: mostly control bytes", ErrBinary)
	}
	return nil
}

// binaryName knows the files that end up among exports most often, by their magic bytes.
func binaryName(text []byte) string {
	for _, m := range [][2]string{
		{"%PDF-", "a PDF document"},
		{"\x89PNG", "a picture"},
		{"\xFF\xD8\xFF", "a picture"},
		{"\xD0\xCF\x11\xE0", "an old Office document or an Outlook message"},
		{"SQLite format 3\x00", "an SQLite database"},
		{"\x7FELF", "a program"},
		{"MZ\x90\x00", "a program"},
		{"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"},
		{"Rar!\x1A\x07", "a RAR archive"},
		{"BZh", "a bzip2 archive"},
		{"\xFD7zXZ\x00", "an xz archive"},
		{"!BDN", "an Outlook data file"},
		{"ElfFile\x00", "a Windows event log"},
	} {
		if bytes.HasPrefix(text, []byte(m[0])) {
			return m[1]
		}
	}
	return ""
}
