// Command quality says how well the built-in pack finds what it should: each behaviour of behaviours/*.yaml is put into a month
// of ordinary days of a small invented tenant and given to the whole program, and so is its honest twin, which must stay quiet.
//
//	go run ./testdata/quality                 the table by kind and by rule
//	go run ./testdata/quality -misses         and each behaviour that is not found, or too low, and each twin that is loud
//	go run ./testdata/quality -only tokens    one kind
//	go run ./testdata/quality -write DIR      keep the files: triage analyze DIR/month DIR/b0
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(startTable(os.Args[1:], os.Stdout, os.Stderr)) }

func startTable(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "the kind, or a part of what a behaviour says")
	misses := flags.Bool("misses", false, "print what is missed and which twins are loud")
	write := flags.String("write", "", "a folder to write the files of each into: month, bN of a behaviour, tN of its twin")
	all := flags.Bool("all", false, "print what found each behaviour")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	results, err := measure(context.Background(), "testdata/quality/behaviours", *only, *write)
	if err != nil {
		fmt.Fprintln(stderr, "quality:", err)
		return 1
	}
	if *misses || *all {
		printEach(stdout, results, *all)
	}
	printTable(stdout, results)
	return 0
}
