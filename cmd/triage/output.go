package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/activities"
	"triage/analyzers/report/redact"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/keyfile"
	"triage/cmd/triage/outfile"
)

// plan says where each format goes: one format to standard output, a file or a folder; several into a folder, which need
// not exist yet. names are the file names of the formats within a folder, in order.
func plan(output string, names []string) ([]string, error) {
	switch {
	case output == "" || output == "-":
		if len(names) > 1 {
			return nil, exit.Usage("add --output FOLDER", "%d formats do not fit on standard output", len(names))
		}
		return []string{""}, nil
	case outfile.IsFolder(output) || strings.HasSuffix(output, "/") || strings.HasSuffix(output, string(filepath.Separator)):
	case len(names) == 1:
		return []string{output}, nil
	default:
		if _, err := os.Lstat(output); err == nil {
			return nil, exit.Usage("", "--output %s: want a folder for %d formats, it is a file", output, len(names))
		}
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(output, name)
	}
	return paths, nil
}

// checkFree makes sure, before any work is done, that writing will not cost anybody a file: without force none may exist,
// and with force only ordinary files are replaced, never one of the inputs.
func checkFree(paths []string, force bool, inputs []string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return exit.Usage("", "--output: %w", err)
		}
		for _, in := range inputs {
			if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
				return exit.Usage("", "--output %s is one of the inputs: evidence is never overwritten", path)
			}
		}
		switch {
		case !info.Mode().IsRegular():
			return exit.Usage("", "--output %s: not an ordinary file", path)
		case !force:
			return exit.Usage("--force overwrites it", "%s exists already", path)
		}
	}
	return nil
}

// publish writes documents where plan said.
func (t *tool) publish(ctx context.Context, documents []outfile.Document, force bool) error {
	return outfile.Publish(ctx, t.stdout, documents, func(_, paths []string) error { return checkFree(paths, force, nil) })
}

// writeJSON writes a document of little length, for people to read as well.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// redactFlags hide whatever names anybody.
func redactFlags() []cli.Flag {
	return []cli.Flag{
		commandline.SwitchFlag("redact", "write tokens instead of whatever a log or the client wrote"),
		commandline.TextFlag("redact-key", "", "`FILE` with the key of the tokens, made if it is not there: keep it apart from the reports"),
	}
}

// readKey is the key that --redact wants, made if need be; nil where nothing is redacted.
func readKey(t *tool, c *cli.Context, out *outputs) (*redact.Key, error) {
	path := c.String("redact-key")
	switch {
	case !c.Bool("redact") && !c.Bool("unredact"):
		if path != "" {
			return nil, exit.Usage("add --redact", "--redact-key: nothing is redacted without --redact")
		}
		return nil, nil
	case c.Bool("redact") && c.Bool("unredact"):
		return nil, exit.Usage("", "--redact and --unredact undo each other")
	case path == "":
		return nil, exit.Usage("--redact-key FILE, which is made if it is not there; keep it apart from the reports", "--redact and --unredact want the key")
	case c.Bool("unredact"):
		key, err := keyfile.Read(path)
		return key, keyFault(err)
	case c.String("case") != "":
		return nil, exit.Usage("triage report DIR --redact --redact-key FILE --output PATH draws a redacted report of its newest run", "--redact: a case folder keeps plain reports")
	}
	for i, format := range out.formats {
		if activities.FileName(format) != "" {
			return nil, exit.Usage("leave it out, or hand over --format exposure", "--redact: --format %s has every field of every record, also those of which nobody can say what they hold", format)
		}
		if dir := filepath.Dir(out.paths[i]); len(out.paths) > 1 && keyfile.Within(path, dir) {
			return nil, exit.Usage("name a file elsewhere", "--redact-key %s: the key must not lie beside the reports in %s", path, dir)
		}
	}
	key, made, err := keyfile.Open(path, rand.Reader)
	if err == nil && made && !c.Bool("quiet") {
		exit.Complain(t.stderr, fmt.Sprintf("made the key %s: %s; keep it apart from the reports, nobody can give back what they hide without it", key.Name(), path), "")
	}
	return key, keyFault(err)
}

func keyFault(err error) error {
	if errors.Is(err, redact.ErrNoKey) {
		return &exit.Fault{Code: exit.Refused, Err: fmt.Errorf("--redact-key: %w", err)}
	}
	if err != nil {
		return &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("--redact-key: %w", err)}
	}
	return nil
}

// plainReport is a report whose names are the log's.
func plainReport(r *report.Report, path string) error {
	if r.Redaction == nil {
		return nil
	}
	return exit.Usage(fmt.Sprintf("triage report %s --unredact --redact-key FILE --format json --output PATH gives back the plain one", path),
		"%s: a redacted report (%s): its names and fingerprints are tokens, which are in no log", path, report.Short(r.Redaction.Key, 40))
}
