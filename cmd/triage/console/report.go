package console

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"triage/analyzers/report"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/casefolder"
	"triage/ingest/charset"
)

const reportHint = "name a report that triage analyze --format json wrote"

// ReadReport reads a report that analyze wrote; of a case folder that of its newest run.
func ReadReport(t *Tool, path string) (r *report.Report, err error) {
	if path, err = LatestReport(path); err != nil {
		return nil, err
	}
	in := t.Stdin
	if path != "-" {
		f, err := geo.OpenFile(path)
		if err != nil {
			hint := reportHint
			if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
				if given := exportGiven(path, nil); given != nil {
					return nil, given
				}
			} else if errors.Is(err, geo.ErrNotOrdinary) {
				hint = "a report from a pipe comes as standard input: name it -"
			}
			return nil, &exit.Fault{Code: exit.Failed, Err: outfile.WithPath(path, err), Hint: hint}
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	var head bytes.Buffer
	start := io.LimitReader(in, 64<<10)
	r, err = report.Read(asUTF8(io.MultiReader(io.TeeReader(start, &head), in)))
	if err != nil {
		if path == "-" {
			_, _ = io.Copy(&head, start) // what can be read of it is enough
		}
		if given := exportGiven(path, &head); given != nil {
			return nil, given
		}
		return nil, &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("%s: %w", path, err), Hint: reportHint}
	}
	return r, nil
}

// asUTF8 decodes what PowerShell or an editor made of a report: UTF-16, or a byte order mark before it.
func asUTF8(in io.Reader) io.Reader {
	b := bufio.NewReaderSize(in, 64<<10)
	sample, _ := b.Peek(4 << 10) // what is wrong with it, reading says
	if bytes.HasPrefix(sample, []byte(charset.BOM)) {
		_, _ = b.Discard(len(charset.BOM)) // it was peeked at
		return b
	}
	return charset.NewReader(b, charset.Sniff(sample))
}

// exportGiven is the fault of an export that was named where a report is wanted; nil if it is none. stdin is how standard
// input began.
func exportGiven(path string, stdin io.Reader) error {
	format := ingest.Recognise(context.Background(), path, stdin)
	if format == "" {
		return nil
	}
	return &exit.Fault{
		Code: exit.Failed, Err: fmt.Errorf("%s: an export (%s), not a report", path, format),
		Hint: "make a report of it first: triage analyze EXPORTS --format json --output report.json",
	}
}

// LatestReport is the report of a case's newest run, where a folder is named that is a case.
func LatestReport(path string) (string, error) {
	if path == "-" || !casefolder.IsCase(path) {
		return path, nil
	}
	folder := casefolder.Folder(path)
	newest := folder.Newest()
	if newest == "" {
		return "", &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("%s: no run of this case has a %s", path, casefolder.Report), Hint: "triage analyze --case " + path}
	}
	return folder.ReportOf(newest), nil
}

// PlainReport is a report whose names are the log's.
func PlainReport(r *report.Report, path string) error {
	if r.Redaction == nil {
		return nil
	}
	return exit.Usage(fmt.Sprintf("triage report %s --unredact --redact-key FILE --format json --output PATH gives back the plain one", path),
		"%s: a redacted report (%s): its names and fingerprints are tokens, which are in no log", path, report.Short(r.Redaction.Key, 40))
}
