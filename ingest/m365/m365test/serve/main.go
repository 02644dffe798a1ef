// Command serve runs the invented Outlook Activities service on this machine, for trying triage fetch out. See the
// package documentation of m365test.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"time"

	"triage/ingest/m365/m365test"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	activities := flags.Int("activities", 1000, "how many activities the mailbox has")
	seed := flags.Uint64("seed", 1, "the same seed invents the same mailbox")
	token := flags.String("token", "invented-token-0123456789", "the good token; for v1.0 NAME:PASSWORD")
	port := flags.Int("port", 0, "port on the loopback; 0: any")
	messages := flags.String("messages", "", "a file with a JSON list of messages as Graph has them, each with its mailbox")
	faults := flags.Bool("faults", false, "one request in eight goes wrong")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	service := &m365test.Service{
		Activities: m365test.Generate(*activities, *seed), User: "alice@contoso.com", Token: *token, Clock: system{},
	}
	if *messages != "" {
		text, err := os.ReadFile(*messages)
		if err == nil {
			service.Messages, err = m365test.ReadMessages(text)
		}
		if err != nil {
			fmt.Fprintln(stderr, "serve:", err)
			return 1
		}
	}
	if *faults {
		chance := rand.New(rand.NewPCG(*seed, 2))
		passing := m365test.Passing()
		service.Fault = func(int) m365test.Fault {
			if chance.IntN(8) > 0 {
				return m365test.None
			}
			return passing[chance.IntN(len(passing))]
		}
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		fmt.Fprintln(stderr, "serve:", err)
		return 1
	}
	fmt.Fprintf(stdout, "http://%s\nmailbox %s\ntoken %s\n", listener.Addr(), service.User, *token)
	server := &http.Server{Handler: service, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(stderr, "serve:", server.Serve(listener))
	return 1
}

type system struct{}

func (system) Now() time.Time { return time.Now() }
