package record

import (
	"bytes"
	"slices"
	"strings"

	"triage/ingest/charset"
)

// headRecords is how many JSON records of a stream a Head shows; headRows how many rows: the order of days and months
// may only show in the thirteenth day.
const (
	headRecords = 5
	headRows    = 500
)

// Look is one way of reading the beginning of a stream.
type Look struct {
	Head
	Cut   Cut
	Data  int  // where the first row after Head.Header begins, or where JSON begins
	Top   int  // where Head.Header itself begins
	Grown bool // the header has lost its line end: the first record follows it in one row
}

// LooksLikeJSON says whether text begins as JSON does.
func LooksLikeJSON(sample []byte) bool {
	text := bytes.TrimLeft(sample, " \t\r\n\x00"+charset.BOM)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	rest := bytes.TrimLeft(text[1:], " \t\r\n[")
	return len(rest) == 0 || strings.IndexByte(`"{}]`, rest[0]) >= 0
}

// pageShown bounds Head.Page.
const pageShown = 4 << 10

// rowsShown bounds it where the wrapper holds the names of all columns.
const rowsShown = 256 << 10

// LookJSON shows the first whole records of a JSON stream.
func LookJSON(sample []byte) Look {
	look, _, _ := lookJSON(sample, Cut{Shape: JSON})
	return look
}

// LookList is LookJSON for records in a page's list that lies elsewhere than in Microsoft's pages; rows says that the
// records are lists.
func LookList(sample []byte, list []string, rows bool) Look {
	look, _, _ := lookJSON(sample, Cut{Shape: JSON, List: list, Rows: rows})
	return look
}

// LookDamagedJSON is LookJSON for text that does not begin as JSON does, but goes on so: a byte at its head was damaged,
// or a line stands before it.
func LookDamagedJSON(sample []byte) (look Look, ok bool) {
	const of = 10 // records for each that is damaged, but for the first
	look, whole, broken := lookJSON(sample, Cut{Shape: JSON})
	return look, whole > 0 && broken <= 1+whole/of
}

// LookTexts is LookJSON for texts that may hold records, in a list or a line each; ok is false where the text begins
// otherwise.
func LookTexts(sample []byte) (look Look, ok bool) {
	text := bytes.TrimLeft(sample, " \t\r\n["+charset.BOM)
	if !bytes.HasPrefix(text, []byte(`"`)) || !bytes.HasPrefix(bytes.TrimLeft(text[1:], " [{"), []byte(`\"`)) {
		return Look{}, false
	}
	look, whole, broken := lookJSON(sample, Cut{Shape: JSON, Texts: true})
	return look, whole > 0 && broken <= whole/2
}

// LookLedJSON is LookJSON for lines that each have words before an object, as a relay of logs writes them.
func LookLedJSON(sample []byte) (look Look, ok bool) {
	look, whole, broken := lookJSON(sample, Cut{Shape: JSON, Led: true})
	return look, whole > 0 && broken <= whole/2
}

func lookJSON(sample []byte, how Cut) (look Look, whole, broken int) {
	look = Look{Head: Head{Shape: JSON}, Cut: how}
	c := NewCutter(bytes.NewReader(sample), look.Cut, Place{}).Sized(int64(len(sample)))
	var w Walker
	var b Block
	for len(look.Objects) < headRecords && c.Next(&b) == nil {
		_ = w.Walk(&b, func(rec Record, why error) error {
			if look.Page == nil {
				shown := int64(pageShown)
				if how.Rows {
					shown = rowsShown
				}
				look.Page = bytes.Clone(sample[:min(rec.Offset, shown)])
			}
			if why != nil {
				broken++
				return nil
			}
			if whole++; len(look.Objects) < headRecords {
				look.Objects = append(look.Objects, bytes.Clone(rec.Bytes))
			}
			return nil
		})
	}
	return look, whole, broken
}

// LookCSV shows the first rows of a CSV stream in every way that its separator can be understood, the likeliest way
// first: the one that `sep=` names, else the one that cuts the first row into most cells.
func LookCSV(sample []byte, last bool) []Look {
	top, said := preamble(sample)
	var looks []Look
	for _, sep := range []byte{',', ';', '\t', '|'} {
		if said != 0 && sep != said {
			continue
		}
		if look, ok := lookCSV(sample, top, sep, last); ok {
			looks = append(looks, look)
		}
	}
	slices.SortStableFunc(looks, func(x, y Look) int { return len(y.Header) - len(x.Header) })
	return looks
}

// preamble is where the first row begins, behind a byte order mark and the lines that Excel (sep=;) and PowerShell
// (#TYPE System.Object) put before it; sep is what the former names, else 0.
func preamble(sample []byte) (top int, sep byte) {
	top = len(sample) - len(bytes.TrimPrefix(sample, []byte(charset.BOM)))
	for {
		line := sample[top:]
		end := bytes.IndexByte(line, '\n')
		if end < 0 {
			return top, sep
		}
		text := strings.Trim(string(line[:min(end, 200)]), "\"\r ")
		switch {
		case len(text) == 5 && strings.EqualFold(text[:4], "sep="):
			sep = text[4]
		case len(text) == 4 && strings.EqualFold(text, "sep="): // sep=<tab>, trimmed by an editor
			sep = '\t'
		case strings.HasPrefix(text, "#TYPE"), text == "":
		default:
			return top, sep
		}
		top += end + 1
	}
}

func lookCSV(sample []byte, top int, sep byte, last bool) (Look, bool) {
	w := Walker{Sep: sep}
	n, err := w.split(sample[top:], last)
	if err != nil { // a table without a header may begin with a damaged row
		first := bytes.IndexByte(sample[top:], '\n') + 1
		if n, err = w.split(sample[top+first:], last); err != nil || first == 0 {
			return Look{}, false
		}
		n += first
	}
	look := Look{
		Head: Head{Shape: CSV, Header: w.texts(), Beyond: w.beyond}, Cut: Cut{Shape: CSV, Sep: sep, Cells: w.width()},
		Data: top + n, Top: top,
	}
	const mostBroken = 20
	broken := 0
	for at := look.Data; len(look.Rows) < headRows && at < len(sample); at += n {
		if n, err = w.split(sample[at:], last); err != nil {
			line := bytes.IndexByte(sample[at:], '\n')
			if broken++; line < 0 || broken > mostBroken {
				break
			}
			n = line + 1
			continue
		}
		if !w.blank(trimLineEnd(sample[at : at+n])) {
			look.Rows = append(look.Rows, w.texts())
		}
	}
	if n := usual(look.Rows); n > 2 && n < MaxColumns && look.Cut.Cells == 2*n-1 {
		look.Header, look.Beyond, look.Cut.Cells, look.Grown = look.Header[:n], 0, n, true
	}
	return look, true
}

// usual is how many cells nearly all rows have; 0 if they differ.
func usual(rows [][]string) int {
	const of, enough = 10, 9
	counts := map[int]int{}
	for _, row := range rows {
		if counts[len(row)]++; counts[len(row)]*of >= len(rows)*enough {
			return len(row)
		}
	}
	return 0
}

// cellShown bounds a cell of a Head: no format is told by what stands behind it.
const cellShown = 64 << 10

// texts are the cells of the row that was split last.
func (w *Walker) texts() []string {
	texts := make([]string, len(w.cells))
	for i, cell := range w.cells {
		texts[i] = strings.ToValidUTF8(string(cell[:min(len(cell), cellShown)]), "\uFFFD")
	}
	return texts
}
