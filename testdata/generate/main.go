// Command generate writes invented exports: the shipped cases, cases of any size, innocent mailboxes, and Unified Audit
// Logs for benchmarks. The same flags always write the same bytes.
//
//	go run ./testdata/generate -case wire-fraud -output testdata/cases/wire-fraud
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

// options are the command line.
type options struct {
	name, output string
}

func start(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.name, "case", "", "shipped case to write into the folder -output")
	flags.StringVar(&o.output, "output", "", "file or folder to write")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := generate(o); err != nil {
		fmt.Fprintln(stderr, "generate:", err)
		return 1
	}
	return 0
}

func generate(o options) error {
	switch {
	case o.output == "":
		return errors.New("-output is missing")
	case o.name != "":
		files, err := caseFiles(o.name)
		if err != nil {
			return err
		}
		return writeFiles(o.output, files)
	default:
		return errors.New("nothing to do: want -case")
	}
}
