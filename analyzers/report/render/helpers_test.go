package render

import (
	"io"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/rules/detect"
)

// humanWriters are the formats for people, of one report.
func humanWriters(r *report.Report) map[string]func(io.Writer) error {
	writers := map[string]func(io.Writer) error{
		"text":   func(w io.Writer) error { return WriteText(w, r, TextOptions{}) },
		"full":   func(w io.Writer) error { return WriteText(w, r, TextOptions{Full: true}) },
		"narrow": func(w io.Writer) error { return WriteText(w, r, TextOptions{Width: 60}) },
		"csv":    func(w io.Writer) error { return WriteCSV(w, r, "verbose") },
		"md":     func(w io.Writer) error { return WriteMarkdown(w, r, "") },
		"explain": func(w io.Writer) error {
			for i := range r.Findings {
				if err := Explain(w, r, r.Findings[i].ID, detect.Slips, TextOptions{}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	for _, lang := range phrase.Languages() {
		writers["full "+lang] = func(w io.Writer) error {
			return WriteText(w, r, TextOptions{Full: true, Lang: phrase.Language(lang)})
		}
		writers["md "+lang] = func(w io.Writer) error { return WriteMarkdown(w, r, phrase.Language(lang)) }
	}
	return writers
}
