package xlsx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"triage/analyzers/report"
)

// styles are those of cells.
type styles struct {
	head, date, text int
	levels           map[string]int
}

// newStyles makes them. Colours of levels are dark enough for white letters (WCAG AA), or light enough for black ones.
func newStyles(book *excelize.File) (*styles, error) {
	s := &styles{levels: map[string]int{}}
	format := "yyyy-mm-dd hh:mm:ss"
	add := func(id *int, style *excelize.Style) error {
		made, err := book.NewStyle(style)
		*id = made
		return err
	}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	if err := add(&s.head, &excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("1F2A44")}); err != nil {
		return nil, err
	}
	if err := add(&s.date, &excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	if err := add(&s.text, &excelize.Style{NumFmt: 49}); err != nil { // @: a text, whatever it looks like
		return nil, err
	}
	for _, level := range []struct{ name, letters, back string }{
		{"critical", "FFFFFF", "8B1A1A"},
		{"high", "FFFFFF", "B5420E"},
		{"medium", "000000", "F7D488"},
		{"low", "000000", "DCE9F5"},
		{"informational", "000000", "EEEEEE"},
		{"none", "000000", "EEEEEE"},
	} {
		id := 0
		if err := add(&id, &excelize.Style{Font: &excelize.Font{Bold: true, Color: level.letters}, Fill: fill(level.back)}); err != nil {
			return nil, err
		}
		s.levels[level.name] = id
	}
	return s, nil
}

// level is a text that is a level or a band.
type level string

// cell is a value as a cell has it. A time of 0 and a text of nothing leave it empty.
func (s *styles) cell(value any) any {
	switch v := value.(type) {
	case report.Time:
		if v.String() == "" {
			return nil
		}
		if v < firstDay {
			return excelize.Cell{StyleID: s.text, Value: v.String()}
		}
		return excelize.Cell{StyleID: s.date, Value: serial(v)}
	case report.Number:
		if v == 0 {
			return nil
		}
		return int64(v)
	case nil:
		return nil
	case level:
		if v == "" {
			return nil
		}
		return excelize.Cell{StyleID: s.levels[string(v)], Value: text(string(v))}
	case report.Text:
		return s.plain(string(v))
	case report.TenantOf:
		return s.plain(string(v))
	case string:
		return s.plain(v)
	case []string:
		return s.plain(strings.Join(v, "; "))
	case bool:
		if !v {
			return nil
		}
		return "yes"
	case int, int64, float64:
		return v
	default:
		return s.plain(fmt.Sprint(v))
	}
}

func (s *styles) plain(v string) any {
	if v == "" {
		return nil
	}
	return excelize.Cell{StyleID: s.text, Value: text(v)}
}

// firstDay is 1 March 1900: Excel counts a day before it that never was.
const firstDay = report.Time(-2203891200000)

// serial is a time as days since the end of 1899.
func serial(t report.Time) float64 { return float64(t)/86_400_000 + 25_569 }

// escape is what Excel reads as a character of that number.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// text is a text of a log as a cell holds it: plain, never a formula, in full as far as a cell goes.
func text(s string) string {
	s = escape.ReplaceAllStringFunc(report.Cell(s), func(found string) string { return "_x005F" + found })
	units := 0
	for _, r := range s {
		units += utf16.RuneLen(r)
	}
	if units <= maxText {
		return s
	}
	note := fmt.Sprintf("… [cut: %s characters in all]", report.Grouped(len([]rune(s))))
	room, end := maxText-len(note), 0
	for at, r := range s {
		if room -= utf16.RuneLen(r); room < 0 {
			break
		}
		end = at + len(string(r))
	}
	return s[:end] + note
}

// highest is the gravest level of findings.
func highest(findings []*report.Finding) level {
	order := []string{"informational", "low", "medium", "high", "critical"}
	best := -1
	for _, f := range findings {
		best = max(best, slices.Index(order, f.Level))
	}
	if best < 0 {
		return ""
	}
	return level(order[best])
}
