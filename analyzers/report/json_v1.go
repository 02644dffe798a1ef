package report

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
)

// SchemaV1 is the contract before this one. Its reports are read, and written for one release more ([WriteJSONV1]).
const SchemaV1 = "triage.report/v1"

//go:embed schema/triage.report.v1.json
var schemaV1 string

// JSONSchemaV1 is the schema of the document before this one.
func JSONSchemaV1() string { return schemaV1 }

// WriteJSONV1 writes the document in the form before this one, as the last version that knew no other wrote it. Of a report
// that was read as v2, a list of one value is the value itself, and true and false are texts.
func WriteJSONV1(w io.Writer, r *Report) error { return WriteDocument(w, reportOfV1(r)) }

// WriteFindingsV1 writes one finding a line, each as it is in that document.
func WriteFindingsV1(w io.Writer, r *Report) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		if err := WriteValue(out, findingOfV1(&r.Findings[i])); err != nil {
			return fmt.Errorf("finding %s: %w", r.Findings[i].ID, err)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

// factsV1 are facts of which one value stands by itself.
type factsV1 Facts

// MarshalJSON writes the facts as one object.
func (f factsV1) MarshalJSON() ([]byte, error) {
	return Facts(f).object(func(fact Fact) any { return fact.Value })
}

// reportV1 is the document. Field by field, so that what is added to v2 stays out of it.
type reportV1 struct {
	Schema               string         `json:"schema"`
	Tool                 Tool           `json:"tool"`
	AsOf                 string         `json:"as_of"`
	Filters              *Filters       `json:"filters"`
	Inputs               []Input        `json:"inputs"`
	Packs                []Pack         `json:"packs"`
	EffectiveRulesSHA256 string         `json:"effective_rules_sha256"`
	Geo                  []Database     `json:"geo"`
	Skipped              []Skipped      `json:"skipped"`
	Ledger               []LedgerItem   `json:"ledger"`
	Coverage             []Coverage     `json:"coverage"`
	Caveats              []Caveat       `json:"caveats"`
	NotEvaluated         []NotEvaluated `json:"not_evaluated"`
	Tenants              []TenantCase   `json:"tenants"`
	Identities           []AccountName  `json:"identities"`
	IdentitiesMore       int            `json:"identities_more"`
	Accounts             []Account      `json:"accounts"`
	AccountsMore         int            `json:"accounts_more"`
	Mailboxes            []Mailbox      `json:"mailboxes"`
	Services             []Service      `json:"services"`
	Addresses            []Address      `json:"addresses"`
	Sessions             []Session      `json:"sessions"`
	Messages             []Message      `json:"messages"`
	Searches             []Search       `json:"searches"`
	Findings             []findingV1    `json:"findings"`
	Timeline             []timelineV1   `json:"timeline"`
	Tenant               TenantView     `json:"tenant"`
	Containment          []Containment  `json:"containment"`
	NextEvidence         []NextEvidence `json:"next_evidence"`
	NextEvidenceMore     int            `json:"next_evidence_more"`
}

type findingV1 struct {
	ID             string       `json:"id"`
	Fingerprint    string       `json:"fingerprint"`
	Formerly       []string     `json:"formerly,omitzero"`
	Rule           string       `json:"rule"`
	Title          string       `json:"title"`
	Text           string       `json:"text"`
	Level          string       `json:"level"`
	Confidence     int          `json:"confidence"`
	Points         float64      `json:"points"`
	Share          float64      `json:"share"`
	Family         string       `json:"family"`
	Entities       []string     `json:"entities"`
	Mailbox        string       `json:"mailbox"`
	First          Time         `json:"first"`
	Last           Time         `json:"last"`
	Count          int          `json:"count"`
	Facts          factsV1      `json:"facts"`
	FactsMore      FactCounts   `json:"facts_more,omitzero"`
	Strangeness    *float64     `json:"strangeness,omitzero"`
	StrangeWhy     []string     `json:"strange_why,omitzero"`
	Evidence       []Evidence   `json:"evidence"`
	Attack         []string     `json:"attack"`
	Next           Text         `json:"next"`
	FalsePositives []string     `json:"false_positives"`
	Author         Text         `json:"author"`
	Suppressed     *Suppression `json:"suppressed"`
	Decision       *Decision    `json:"decision"`
	Tenant         TenantOf     `json:"tenant,omitzero"`
}

type timelineV1 struct {
	Mailbox string   `json:"mailbox"`
	BinDays int      `json:"bin_days"`
	Bins    []Bin    `json:"bins"`
	Rows    []rowV1  `json:"rows"`
	Tenant  TenantOf `json:"tenant,omitzero"`
}

type rowV1 struct {
	Time      Time     `json:"time"`
	Type      string   `json:"type"`
	Op        Text     `json:"op"`
	Result    string   `json:"result"`
	Actor     Text     `json:"actor"`
	IP        Text     `json:"ip"`
	Country   Text     `json:"country"`
	City      Text     `json:"city"`
	ASN       Number   `json:"asn"`
	Org       Text     `json:"org"`
	Class     Text     `json:"class"`
	App       Text     `json:"app"`
	Agent     Text     `json:"agent"`
	Session   Text     `json:"session"`
	Item      Text     `json:"item"`
	MessageID Text     `json:"message_id"`
	Subject   Text     `json:"subject"`
	Query     Text     `json:"query"`
	Details   factsV1  `json:"details"`
	More      int      `json:"details_more,omitzero"`
	File      string   `json:"file"`
	Line      int64    `json:"line"`
	Record    int64    `json:"record"`
	Identity  string   `json:"identity"`
	Findings  []string `json:"findings"`
}

func reportOfV1(in *Report) *reportV1 {
	out := reportFieldsV1(in)
	out.Schema, out.Accounts = SchemaV1, []Account{}
	for _, one := range in.Accounts {
		if len(one.Changes) > 0 {
			one.Intruders = nil
			out.Accounts = append(out.Accounts, one)
		}
	}
	if len(out.Accounts) < 10_000 { // as many as v1 lists: what is beyond are accounts that nobody changed
		out.AccountsMore = 0
	}
	for i := range in.Findings {
		out.Findings[i] = *findingOfV1(&in.Findings[i])
	}
	for i := range in.Timeline {
		t := &in.Timeline[i]
		one := timelineV1{Mailbox: t.Mailbox, BinDays: t.BinDays, Bins: t.Bins, Rows: make([]rowV1, len(t.Rows)), Tenant: t.Tenant}
		for k := range t.Rows {
			one.Rows[k] = *rowOfV1(&t.Rows[k])
		}
		out.Timeline[i] = one
	}
	return out
}

func reportFieldsV1(in *Report) *reportV1 {
	return &reportV1{
		Schema:               in.Schema,
		Tool:                 in.Tool,
		AsOf:                 in.AsOf,
		Filters:              in.Filters,
		Inputs:               in.Inputs,
		Packs:                in.Packs,
		EffectiveRulesSHA256: in.EffectiveRulesSHA256,
		Geo:                  in.Geo,
		Skipped:              in.Skipped,
		Ledger:               in.Ledger,
		Coverage:             in.Coverage,
		Caveats:              in.Caveats,
		NotEvaluated:         in.NotEvaluated,
		Tenants:              in.Tenants,
		Identities:           in.Identities,
		IdentitiesMore:       in.IdentitiesMore,
		Accounts:             in.Accounts,
		AccountsMore:         in.AccountsMore,
		Mailboxes:            in.Mailboxes,
		Services:             in.Services,
		Addresses:            addressesOfV1(in.Addresses),
		Sessions:             in.Sessions,
		Messages:             in.Messages,
		Searches:             in.Searches,
		Findings:             make([]findingV1, len(in.Findings)),
		Timeline:             make([]timelineV1, len(in.Timeline)),
		Tenant:               in.Tenant,
		Containment:          containmentOfV1(in.Containment),
		NextEvidence:         in.NextEvidence,
		NextEvidenceMore:     in.NextEvidenceMore,
	}
}

// containmentOfV1 leaves out whom a step is about.
func containmentOfV1(in []Containment) []Containment {
	out := make([]Containment, len(in))
	for i, one := range in {
		one.Steps = slices.Clone(one.Steps)
		for k := range one.Steps {
			one.Steps[k].Account = ""
		}
		out[i] = one
	}
	return out
}

func findingOfV1(in *Finding) *findingV1 {
	return &findingV1{
		ID:             in.ID,
		Fingerprint:    in.Fingerprint,
		Formerly:       in.Formerly,
		Rule:           in.Rule,
		Title:          in.Title,
		Text:           in.Text,
		Level:          in.Level,
		Confidence:     in.Confidence,
		Points:         in.Points,
		Share:          in.Share,
		Family:         in.Family,
		Entities:       in.Entities,
		Mailbox:        in.Mailbox,
		First:          in.First,
		Last:           in.Last,
		Count:          in.Count,
		Facts:          factsV1(in.Facts),
		FactsMore:      in.FactsMore,
		Strangeness:    in.Strangeness,
		StrangeWhy:     in.StrangeWhy,
		Evidence:       in.Evidence,
		Attack:         in.Attack,
		Next:           in.Next,
		FalsePositives: in.FalsePositives,
		Author:         in.Author,
		Suppressed:     in.Suppressed,
		Decision:       in.Decision,
		Tenant:         in.Tenant,
	}
}

func rowOfV1(in *Row) *rowV1 {
	return &rowV1{
		Time:      in.Time,
		Type:      in.Type,
		Op:        in.Op,
		Result:    in.Result,
		Actor:     in.Actor,
		IP:        in.IP,
		Country:   in.Country,
		City:      in.City,
		ASN:       in.ASN,
		Org:       in.Org,
		Class:     in.Class,
		App:       in.App,
		Agent:     in.Agent,
		Session:   in.Session,
		Item:      in.Item,
		MessageID: in.MessageID,
		Subject:   in.Subject,
		Query:     in.Query,
		Details:   factsV1(in.Details),
		More:      in.More,
		File:      in.File,
		Line:      in.Line,
		Record:    in.Record,
		Identity:  in.Identity,
		Findings:  in.Findings,
	}
}

// addressesOfV1 are addresses without what was added since.
func addressesOfV1(in []Address) []Address {
	out := slices.Clone(in)
	for i := range out {
		out[i].Latitude, out[i].Longitude, out[i].RadiusKM, out[i].Egress = nil, nil, 0, false
	}
	return out
}
