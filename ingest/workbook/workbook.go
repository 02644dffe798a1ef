// Package workbook reads the sheets of an Excel workbook (.xlsx) as the tables that they were saved from: as CSV, row by
// row, within bounds.
package workbook

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds on what a workbook may cost. Excel itself ends at 1,048,576 rows; parts of more than mostKept are unpacked to a
// temporary file.
const (
	MostPacked   = 512 << 20 // bytes of the file
	mostUnpacked = 2 << 30
	mostKept     = 16 << 20
	mostSheets   = 256
)

var errTooLarge = fmt.Errorf("the workbook takes more than %d MiB, or %d MiB unpacked", MostPacked>>20, mostUnpacked>>20)

// Is says whether a zip archive with such members is a workbook that can be read here.
func Is(members func(yield func(name string) bool)) bool {
	for name := range members {
		if strings.EqualFold(name, "xl/workbook.xml") {
			return true
		}
	}
	return false
}

// openFile reads a workbook. What a library does with a damaged one is not known beforehand: a panic of it is an error.
func openFile(r io.Reader) (f *excelize.File, err error) {
	defer rescue(&err)
	f, err = excelize.OpenReader(&limited{r, MostPacked}, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostKept,
	})
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return f, nil
}

func rescue(err *error) {
	if why := recover(); why != nil {
		*err = errors.New("workbook: it is damaged")
	}
}

// limited ends with an error instead of after n bytes.
type limited struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.n -= int64(n); l.n < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// Sheets are the names of a workbook's sheets, in their order, hidden ones included.
func Sheets(r io.Reader) ([]string, error) {
	f, err := openFile(r)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > mostSheets {
		return nil, fmt.Errorf("workbook: more than %d sheets", mostSheets)
	}
	return names, nil
}

// Sheet is one sheet as CSV text: the same bytes each time. Close deletes what was unpacked.
type Sheet struct {
	file    *excelize.File
	rows    *excelize.Rows
	dates   []bool // by column: it holds times, which a workbook may keep as numbers
	started bool
	old     bool // times count from 1904
	text    bytes.Buffer
	out     *csv.Writer
	err     error
}

// Open begins to read a sheet.
func Open(r io.Reader, sheet string) (s *Sheet, err error) {
	f, err := openFile(r)
	if err != nil {
		return nil, err
	}
	s = &Sheet{file: f}
	defer func() {
		if err != nil {
			_ = f.Close() // the other error says more
		}
	}()
	defer rescue(&err)
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.old = *props.Date1904
	}
	if s.rows, err = f.Rows(sheet); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	s.out = csv.NewWriter(&s.text)
	return s, nil
}

// Read implements io.Reader.
func (s *Sheet) Read(p []byte) (int, error) {
	for s.text.Len() == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.err = s.next()
	}
	return s.text.Read(p)
}

// next writes the next row with text as CSV.
func (s *Sheet) next() (err error) {
	defer rescue(&err)
	for s.rows.Next() {
		cells, err := s.rows.Columns()
		if err != nil {
			return fmt.Errorf("workbook: %w", err)
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		return s.write(cells)
	}
	if err := s.rows.Error(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return io.EOF
}

// write writes a row. A workbook leaves out empty cells at a row's end, which belong to the table all the same.
func (s *Sheet) write(cells []string) error {
	if !s.started {
		s.started = true
		for _, name := range cells {
			s.dates = append(s.dates, isTime(name))
		}
	}
	for i := range cells {
		if i < len(s.dates) && s.dates[i] {
			cells[i] = s.date(cells[i])
		}
	}
	for len(cells) < len(s.dates) {
		cells = append(cells, "")
	}
	if err := s.out.Write(cells); err != nil {
		return err
	}
	s.out.Flush()
	return s.out.Error()
}

// isTime says whether a column is of times, by its name.
func isTime(column string) bool {
	column = strings.ToLower(column)
	for _, word := range []string{"date", "time", "received", "created", "accessed"} {
		if strings.Contains(column, word) {
			return true
		}
	}
	return false
}

// date is a time in ISO 8601 where the cell holds it as a number of days, which lies between 2000 and 2100; any other text
// stays.
func (s *Sheet) date(cell string) string {
	const from, to = 36526, 73051
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil || !(days >= from-1462 && days < to) {
		return cell
	}
	at, err := excelize.ExcelDateToTime(days, s.old)
	if err != nil {
		return cell
	}
	return at.UTC().Format("2006-01-02T15:04:05.000")
}

// Close implements io.Closer.
func (s *Sheet) Close() error {
	return errors.Join(s.rows.Close(), s.file.Close())
}
