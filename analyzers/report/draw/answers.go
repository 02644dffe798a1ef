package draw

import (
	"triage/analyzers/answers"
	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// eachAnswerRow calls yield for every row that answers and stories cite.
func eachAnswerRow(p *tenantPart, yield func(row uint32)) {
	for i := range p.Result.Answers {
		for _, row := range p.Result.Answers[i].Rows {
			yield(row)
		}
	}
	for i := range p.Result.Stories {
		for k := range p.Result.Stories[i].Sentences {
			for _, row := range p.Result.Stories[i].Sentences[k].Rows {
				yield(row)
			}
		}
	}
}

// answersOf are the answers about a tenant; none where filters name mailboxes, because they are about all of it.
func answersOf(p *tenantPart) []report.Answer {
	list := []report.Answer{}
	if len(p.Filter.Mailboxes) > 0 {
		return list
	}
	questions := answers.Questions()
	for i := range p.Result.Answers {
		in := &p.Result.Answers[i]
		out := report.Answer{
			ID: in.ID, Question: questions[i].Text, Answer: report.Clean(in.Text), Sure: string(in.Sure), Facts: report.NamedLists{}, FactsMore: report.FactCounts{},
			Because: report.Because{
				Findings: p.names(in.Findings), MoreFindings: in.MoreIDs, Rows: p.citations(in.Rows), More: in.MoreRows,
			},
			Unknown: cleanAll(phrase.All(in.Unknown, phrase.English)), Next: cleanAll(phrase.All(in.Next, phrase.English)),
			Said: report.AnswerSaid{Answer: cleanPhrases(in.Said), Unknown: cleanPhrases(in.Unknown), Next: cleanPhrases(in.Next)},
		}
		for _, f := range in.Facts {
			out.Facts = append(out.Facts, report.NamedList{Name: f.Name, Values: cleanAll(f.Values)})
			if f.More > 0 {
				out.FactsMore = append(out.FactsMore, report.FactCount{Name: f.Name, More: int64(f.More)})
			}
		}
		list = append(list, out)
	}
	return list
}

// cleanPhrases are sentences whose values are clean.
func cleanPhrases(list []phrase.Text) []phrase.Text {
	list = phrase.Copies(list)
	for i := range list {
		list[i].Each(func(value *phrase.Text) { value.Value = report.Clean(value.Value) })
	}
	return list
}

// story is what each intruder did, as far as filters let it through.
func story(p *tenantPart) []report.Story {
	list := []report.Story{}
	for i := range p.Result.Stories {
		in := &p.Result.Stories[i]
		out := report.Story{Intruder: p.Result.Attribution.Intruders[in.Intruder].Name, Sentences: []report.StorySentence{}, More: in.More, Untold: in.Untold}
		for k := range in.Sentences {
			x := &in.Sentences[k]
			account := p.c.Text(x.Account)
			if account != "" && !p.Filter.mailbox(account) || !p.Filter.span(x.Time, x.Time) {
				continue
			}
			out.Sentences = append(out.Sentences, report.StorySentence{
				Time: report.Time(x.Time), By: x.By, Account: report.Text(report.Clean(account)), Text: report.Clean(x.Text), Said: cleanPhrases([]phrase.Text{x.Said})[0], Rows: p.citations(x.Rows), More: x.MoreRows,
			})
		}
		if len(out.Sentences) > 0 {
			list = append(list, out)
		}
	}
	return list
}
