// Package xlsx writes a report as one workbook: a sheet for each of its lists, with a frozen header, a filter, real dates and
// numbers, and the colours of levels. The same report gives the same bytes.
package xlsx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"triage/analyzers/report"
)

// What a sheet of Excel holds at most.
const (
	maxRows = 1_048_576
	maxText = 32_767 // UTF-16 units of a cell
)

// sheet is one list of the report.
type sheet struct {
	name    string
	columns []column
	rows    func(add func(cells ...any) error) error // a value for each column, in order
}

// column is one column of a sheet.
type column struct {
	name  string
	width float64 // in letters
}

// Write writes the workbook.
func Write(w io.Writer, r *report.Report) error { return write(w, r, maxRows) }

// write writes sheets of at most so many rows, the header among them.
func write(w io.Writer, r *report.Report, most int) (err error) {
	// Large sheets would go through files of the temporary folder, where a run that is killed leaves them: no such folder, no
	// such files. They stay in memory, as the report does.
	book := excelize.NewFile(excelize.Options{TmpDir: "\x00"})
	defer func() { err = cmp.Or(err, book.Close()) }()
	styles, err := newStyles(book)
	if err != nil {
		return err
	}
	if err := book.SetDocProps(&excelize.DocProperties{Creator: "triage", Title: "triage", Created: "2006-01-02T15:04:05Z", Modified: "2006-01-02T15:04:05Z"}); err != nil {
		return err
	}
	for i, s := range sheets(r) {
		p := pager{book: book, styles: styles, sheet: s, most: most, first: i == 0}
		if err := p.write(); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	var made bytes.Buffer
	if err := book.Write(&made); err != nil {
		return err
	}
	return inOrder(w, made.Bytes())
}

// inOrder writes an archive again with its members by name: the library writes sheets in the order of a map.
func inOrder(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	// What a reader needs first stands first.
	slices.SortFunc(in.File, func(a, b *zip.File) int {
		return cmp.Or(cmp.Compare(bandRank(a.Name), bandRank(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	out := zip.NewWriter(w)
	for _, f := range in.File {
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

func bandRank(name string) int {
	if name == "[Content_Types].xml" {
		return 0
	}
	return 1
}

// pager writes one list into as many sheets as it needs.
type pager struct {
	book   *excelize.File
	styles *styles
	sheet  sheet
	most   int
	first  bool // of all sheets: the new book has it already, under another name

	out   *excelize.StreamWriter
	name  string
	pages int
	row   int // last written
}

func (p *pager) write() error {
	if err := p.open(); err != nil {
		return err
	}
	line := make([]any, len(p.sheet.columns))
	err := p.sheet.rows(func(cells ...any) error {
		if p.row == p.most {
			if err := p.close(); err != nil {
				return err
			}
			if err := p.open(); err != nil {
				return err
			}
		}
		for i := range line {
			line[i] = p.styles.cell(cells[i])
		}
		p.row++
		return p.out.SetRow(fmt.Sprintf("A%d", p.row), line)
	})
	if err != nil {
		return err
	}
	return p.close()
}

// open begins a sheet: header, widths, frozen pane.
func (p *pager) open() error {
	p.pages++
	p.name = p.sheet.name
	if p.pages > 1 {
		p.name = fmt.Sprintf("%s %d", p.sheet.name, p.pages)
	}
	var err error
	if p.first && p.pages == 1 {
		err = p.book.SetSheetName("Sheet1", p.name)
	} else {
		_, err = p.book.NewSheet(p.name)
	}
	if err != nil {
		return err
	}
	if p.out, err = p.book.NewStreamWriter(p.name); err != nil {
		return err
	}
	head := make([]any, len(p.sheet.columns))
	for i, c := range p.sheet.columns {
		if err := p.out.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		head[i] = excelize.Cell{StyleID: p.styles.head, Value: c.name}
	}
	if err := p.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	p.row = 1
	return p.out.SetRow("A1", head)
}

// close ends a sheet with its filter.
func (p *pager) close() error {
	last, err := excelize.CoordinatesToCellName(len(p.sheet.columns), p.row)
	if err != nil {
		return err
	}
	if err := p.book.AutoFilter(p.name, "A1:"+last, nil); err != nil {
		return err
	}
	return p.out.Flush()
}
