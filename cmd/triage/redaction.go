package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report/activities"
	"triage/analyzers/report/redact"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/keyfile"
)

// redactFlags hide whatever names anybody.
func redactFlags() []cli.Flag {
	return []cli.Flag{
		commandline.SwitchFlag("redact", "write tokens instead of whatever a log or the client wrote"),
		commandline.TextFlag("redact-key", "", "`FILE` with the key of the tokens, made if it is not there: keep it apart from the reports"),
	}
}

// readKey is the key that --redact wants, made if need be; nil where nothing is redacted.
func readKey(t *console.Tool, c *cli.Context, out *outputs) (*redact.Key, error) {
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
		exit.Complain(t.Stderr, fmt.Sprintf("made the key %s: %s; keep it apart from the reports, nobody can give back what they hide without it", key.Name(), path), "")
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
