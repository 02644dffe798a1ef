// Package analyzers judges a case by the rules of a pack and scores what they find.
//
// # Stages
//
// [Run] takes a case that ingest has read and goes through these stages. Each takes values and returns values; none looks
// at what a later one makes.
//
//  1. Match. Every rule's conditions are compiled to one bit per distinct value of a field, so that an activity costs a
//     few comparisons whatever the number of rules.
//  2. Judge. Each detector sees one mailbox's timeline, oldest first. Those that need to know the tenant first (its ways
//     out, its people's names) collect a partial per mailbox; partials are merged, and the detector judges with the whole.
//  3. Across. Detectors that count over all mailboxes judge the merged partials; sequences judge the findings so far.
//  4. Settle. Exceptions and decisions apply, every finding gets its points and its fingerprint, and findings come into
//     their final order: points, mailbox, time, rule, fingerprint.
//  5. Attribute. Whose act each activity was, by places, sessions and the findings so far (package attribution).
//  6. Afterwards. Rules that ask where intruders were judge the mailboxes to which somebody came from there; what they find
//     is settled among the others, and accuses nobody.
//  7. Score. Mailboxes, addresses, sessions and messages get their scores (package verdict).
//  8. Campaign. What the mailboxes have to do with each other, what to do, what evidence to fetch next (package campaign).
//  9. Tell. Exposure, answers, searches and caveats.
//
// [RunTenants] goes through them once for each tenant of a case: nothing that is found in one rests on another.
//
// The result does not depend on the number of workers, nor on the order of inputs.
//
// # Score
//
// A finding is worth points p = impact(level) × confidence/100. The impact is 0 for informational, 20 low, 45 medium,
// 70 high, 90 critical. Points become evidence, a quantity that adds up: e = −ln(1 − p/100).
//
// For each entity (a mailbox, an address, a session, a message):
//
//	one rule     E = e(most points) · min(1 + 0.25·log2 n, 2); n counts its findings with at least half of the most points
//	one family   E = Σ E of its rules · 2^−(j−1), strongest first: rules of one family say much the same
//	score        100 · (1 − exp(−Σ E of the families)), rounded to 0.1
//
// A score is at most 64.9 without an unsuppressed finding of level high or above whose confidence is at least 50, and at
// most 39.9 if the highest level among such findings is low. Bands: critical from 85, high from 65, medium from 40, low
// from 15, else none. The score never falls when a finding is added, never exceeds 100, and does not depend on the order
// of findings. A finding's share is its part of the sum, so that shares add up to 1.
//
// A finding's fingerprint is the SHA-256 of its rule's id, its mailbox and the values of its group: it is the same in
// every run over the same acts, and when exports are added. A mailbox that is called after its file lends no name to it:
// its findings are known by their first row instead, and keep their fingerprints when the file is renamed.
package analyzers
