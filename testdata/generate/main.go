// Command generate writes invented exports: the shipped cases, cases of any size, innocent mailboxes, and Unified Audit
// Logs for benchmarks. The same flags always write the same bytes.
//
//	go run ./testdata/generate -case wire-fraud -output testdata/cases/wire-fraud
//	go run ./testdata/generate -rows 1000000 -seed 1 -output large.csv
//	go run ./testdata/generate -kind audit -mix mail -format jsonl -rows 1000000 -seed 1 -output mail.jsonl
//	go run ./testdata/generate -replicate ../shared/data/summit/summit_search_ual.csv -rows 1000000 -output replica.csv
//	go run ./testdata/generate -tenant 120 -days 45 -seed 1 -intruders spray,consent -output tenant/
//	go run ./testdata/generate -tenant 30 -activities -seed 1 -intruders imap -output activities/
//	go run ./testdata/generate -innocent 50 -months 6 -seed 1 -output innocent/
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"triage/testdata/ordinary"
)

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the command line.
type options struct {
	name, output           string
	kind, mix, format      string
	original               string
	rows, innocent, months int
	seed                   uint64
	hard                   bool
	tenant, days           int
	intruders              string
	activities             bool
}

func start(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.name, "case", "", "shipped case to write into the folder -output")
	flags.IntVar(&o.rows, "rows", 0, "rows of a case of any size to write into the file -output")
	flags.StringVar(&o.kind, "kind", "activities", "what -rows writes: activities or audit")
	flags.StringVar(&o.mix, "mix", "real", "records of -kind audit: real, or mail for many MailItemsAccessed")
	flags.StringVar(&o.format, "format", "csv", "form of -kind audit: csv as Search-UnifiedAuditLog, or jsonl of AuditData")
	flags.StringVar(&o.original, "replicate", "", "real export of Search-UnifiedAuditLog that -rows makes copies of, each with ids, sessions and addresses of its own")
	flags.IntVar(&o.innocent, "innocent", 0, "innocent mailboxes to write into the folder -output, a file each")
	flags.IntVar(&o.months, "months", 6, "months that the innocent mailboxes cover")
	flags.BoolVar(&o.hard, "hard", false, "innocent people also roam overseas, use IMAP and get attachments of risky types")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of -rows and -innocent")
	flags.IntVar(&o.tenant, "tenant", 0, "people of an ordinary tenant, whose logs and truth are written into the folder -output")
	flags.IntVar(&o.days, "days", 45, "days that -tenant covers")
	flags.StringVar(&o.intruders, "intruders", "", "kinds of intruders hidden in -tenant, with commas: "+strings.Join(ordinary.Kinds(), ", "))
	flags.BoolVar(&o.activities, "activities", false, "of -tenant, write Outlook Activities as of 2018 instead of the logs")
	flags.StringVar(&o.output, "output", "", "file or folder to write")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := generate(o, stdout); err != nil {
		fmt.Fprintln(stderr, "generate:", err)
		return 1
	}
	return 0
}

func generate(o options, stdout io.Writer) error {
	switch {
	case o.output == "":
		return errors.New("-output is missing")
	case o.name != "":
		files, err := caseFiles(o.name)
		if err != nil {
			return err
		}
		return writeFiles(o.output, files)
	case o.innocent > 0 && o.months > 0:
		return writeInnocent(stdout, o.output, o.innocent, o.months, o.seed, o.hard)
	case o.tenant > 0:
		return writeTenant(o)
	case o.rows > 0 && o.original != "":
		return writeReplica(o.output, o.original, o.format, o.rows)
	case o.rows > 0 && o.kind == "audit":
		return writeAudit(o.output, o.mix, o.format, o.rows, o.seed)
	case o.rows > 0 && o.kind == "activities":
		return writeLarge(o.output, o.rows, o.seed)
	default:
		return errors.New("nothing to do: want -case, -tenant, -rows or -innocent")
	}
}

func writeTenant(o options) error {
	var kinds []string
	for kind := range strings.FieldsFuncSeq(o.intruders, func(c rune) bool { return c == ',' }) {
		if !slices.Contains(ordinary.Kinds(), kind) {
			return fmt.Errorf("-intruders %q: want some of %s", kind, strings.Join(ordinary.Kinds(), ", "))
		}
		kinds = append(kinds, kind)
	}
	return ordinary.New(ordinary.Options{Seed: o.seed, People: o.tenant, Days: o.days, Intruders: kinds, Activities: o.activities}).Write(o.output)
}
