package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/ingest/m365"
)

func fetchMessagesCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "messages",
		Usage:     "fetches metadata and headers of the messages that a report names",
		UsageText: "triage fetch messages --for REPORT.json --output FOLDER [FLAGS]",
		Description: `REPORT.json is what analyze --format json wrote, or - for standard input. Fetched are the messages that its findings name,
and those that activities of its mailboxes with findings name and nothing else in the data tells of: subject, sender,
recipients, times, headers and the link that opens it, never a body; with --preview its first 255 characters. Given to analyze together with the exports, their SPF, DKIM and DMARC are
judged, and what was read gets its subject.

FOLDER gets a file a message. FOLDER.case keeps every answer as it came, and a manifest with sha256 of what was found and
the reason for what was not: a message that is deleted is no error. The same command again goes on where it was stopped,
and asks only for what is new in REPORT.json.

--api graph is Microsoft Graph; the token needs Mail.ReadBasic.All or Mail.Read. The others are the Outlook API, which
Microsoft closed: v1.0 and v2.0 have no headers, beta has them. The token comes from TRIAGE_TOKEN, from --token-file or,
with --token-file -, from standard input; never from the command line. It goes to the host of --base-url and nowhere else.

1,000 requests or 256 MiB, and 10 or 1 MiB more for each message, end a fetch; what came is kept, and --budget 2 goes on.

  triage analyze exports/ --format json --output report.json
  TRIAGE_TOKEN=… triage fetch messages --for report.json --output messages
  triage analyze exports/ messages`,
		Flags: []cli.Flag{
			fetchCaseFlag(),
			commandline.TextFlag("for", "", "fetch the messages that `REPORT` names (with --case: that of the newest run)"),
			commandline.TextFlag("output", "", "write to the folder `PATH`"),
			commandline.ListFlag("mailbox", "only messages of `ADDRESS`; repeatable (default: all that the report names)"),
			commandline.TextFlag("api", m365.Graph, "`VERSION` of the protocol: graph, v1.0, v2.0 or beta (default: graph)"),
			commandline.TextFlag("base-url", "", "`URL` of the service (default: where Microsoft runs it, or ran it)"),
			commandline.TextFlag("token-file", "", "`FILE` that holds the token, or - for standard input (default: TRIAGE_TOKEN)"),
			commandline.SwitchFlag("preview", "also the first 255 characters of each body; the manifest says so"),
			budgetFlag(),
			commandline.SwitchFlag("quiet", "no progress, nothing on standard output"),
		},
		Action: t.Do(runFetchMessages),
	}
}

func runFetchMessages(t *console.Tool, c *cli.Context) error {
	if err := errors.Join(commandline.WantArgs(c, 0, 0), checkFetchMessages(c)); err != nil {
		return err
	}
	output, err := fetchOutput(c, "messages")
	if err != nil {
		return err
	}
	path := cmp.Or(c.String("for"), c.String("case"))
	r, err := console.ReadReport(t, path)
	if err == nil {
		err = console.PlainReport(r, path)
	}
	if err != nil {
		return err
	}
	wanted, err := wantedOf(r, c.StringSlice("mailbox"))
	if err != nil {
		return err
	}
	budget, _ := readBudget(c) // checked before
	bar := startFetchProgress(t, c.Bool("quiet"))
	client, err := fetchClient(t, c, bar)
	if err != nil {
		return err
	}
	f := &m365.MessageFetch{
		API: &m365.Messages{Client: client, Version: c.String("api"), Preview: c.Bool("preview")}, Wanted: wanted, Output: output,
		Tool: "triage " + console.Version, Progress: bar.showMessages, Budget: budget,
	}
	if err := fetchIntoCase(c); err != nil {
		return err
	}
	result, err := f.Run(c.Context)
	bar.end()
	if err != nil {
		return fetchFault(err)
	}
	if len(wanted) > 1 && result.Found == 0 {
		exit.Complain(t.Stderr, "note: none of the messages was found", "check --api and --base-url, and that the report's mailboxes are called as the service calls them")
	}
	if c.Bool("quiet") {
		return nil
	}
	return writeMessages(t.Stdout, f.Output, result)
}

// checkFetchMessages checks all flags but those of the connection, and reports all faults at once.
func checkFetchMessages(c *cli.Context) error {
	var errs []error
	if c.String("for") == "" && c.String("case") == "" {
		errs = append(errs, exit.Usage("--for report.json, which analyze --format json wrote", "fetch messages: no report is named"))
	}
	if output := c.String("output"); output == "" && c.String("case") == "" || output == "-" {
		errs = append(errs, exit.Usage("--output messages", "fetch messages: --output names no folder"))
	}
	if api, versions := c.String("api"), m365.MessageVersions(); !slices.Contains(versions, api) {
		errs = append(errs, exit.Usage(commandline.DidYouMean(api, versions), "--api %q: want %s", api, commandline.Alternatives(versions)))
	}
	if _, err := readBudget(c); err != nil {
		errs = append(errs, err)
	}
	if c.String("for") == "-" && c.String("token-file") == "-" {
		errs = append(errs, exit.Usage("", "--for - and --token-file -: standard input is one of them"))
	}
	return errors.Join(errs...)
}

// wantedOf are the messages of some mailboxes, or of all, that a report names: in its list of messages, in the facts of
// findings that no exception covers, and as unmatched.
func wantedOf(r *report.Report, mailboxes []string) ([]m365.Wanted, error) {
	all := map[m365.Wanted]bool{}
	named := map[string]bool{}
	add := func(mailbox, item, id string) {
		mailbox = strings.ToLower(mailbox)
		named[mailbox] = true
		if mailbox != "" && item+id != "" {
			all[m365.Wanted{Mailbox: mailbox, Item: item, MessageID: id}] = true
		}
	}
	for _, m := range r.Messages {
		for _, mailbox := range m.Mailboxes {
			add(mailbox, string(m.Item), string(m.MessageID))
		}
	}
	for _, f := range r.Findings {
		if f.Suppressed != nil {
			continue
		}
		items, ids := factTexts(f.Facts, "item"), factTexts(f.Facts, "message_id")
		if len(items) == 1 && len(ids) == 1 {
			add(f.Mailbox, items[0], ids[0])
			continue
		}
		for _, item := range items {
			add(f.Mailbox, item, "")
		}
		for _, id := range ids {
			add(f.Mailbox, "", id)
		}
	}
	for _, m := range r.Mailboxes {
		add(m.Mailbox, "", "")
		for _, u := range m.Joined.Messages {
			add(m.Mailbox, string(u.Item), string(u.MessageID))
		}
	}
	return onlyMailboxes(all, named, mailboxes)
}

// onlyMailboxes are the wanted of some mailboxes, or of all, without those that are named more fully besides, in order.
func onlyMailboxes(all map[m365.Wanted]bool, named map[string]bool, mailboxes []string) ([]m365.Wanted, error) {
	chosen := map[string]bool{}
	for _, name := range mailboxes {
		name = strings.ToLower(strings.TrimSpace(name))
		if !named[name] {
			var names []string
			for n := range named {
				names = append(names, n)
			}
			slices.Sort(names)
			return nil, exit.Usage(commandline.DidYouMean(name, names), "--mailbox %q: the report names no such mailbox", name)
		}
		chosen[name] = true
	}
	fuller := map[m365.Wanted]bool{}
	for w := range all {
		if w.Item != "" && w.MessageID != "" {
			fuller[m365.Wanted{Mailbox: w.Mailbox, Item: w.Item}] = true
			fuller[m365.Wanted{Mailbox: w.Mailbox, MessageID: w.MessageID}] = true
		}
	}
	list := []m365.Wanted{}
	for w := range all {
		if (len(chosen) == 0 || chosen[w.Mailbox]) && !fuller[w] {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b m365.Wanted) int {
		return cmp.Or(cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.Item, b.Item), cmp.Compare(a.MessageID, b.MessageID))
	})
	return list, nil
}

// factTexts are the values of a fact that is a text or a list of them.
func factTexts(facts report.Facts, name string) []string {
	for _, f := range facts {
		if f.Name != name {
			continue
		}
		switch v := f.Value.(type) {
		case string:
			return []string{v}
		case []string:
			return v
		}
	}
	return nil
}

func writeMessages(w io.Writer, output string, r *m365.MessageResult) error {
	what := "fetched"
	switch {
	case r.Already:
		what = "complete already"
	case r.Resumed:
		what = "fetched, going on where it had stopped"
	}
	_, err := fmt.Fprintf(w, "%s: %s: %d messages; %d are not there\n%s: every answer as it came, and manifest.json: what was asked for, and why what is not there is not\n",
		printable(output), what, r.Found, len(r.Absent), printable(r.Folder))
	return err
}

func (p *fetchProgress) showMessages(at m365.MessageProgress) {
	p.line(fmt.Sprintf("fetching messages: %d of %d asked for, %d found", at.Done, at.Total, at.Found), false)
}
