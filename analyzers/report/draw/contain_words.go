package draw

import (
	"fmt"
	"strings"

	"triage/analyzers/campaign"
	"triage/analyzers/report"
)

// stepWords are what a step says.
type stepWords struct {
	text, portal string
	cautions     []string
	ps           shell
}

// wording says a step in words, as commands and by hand. Cmdlets are those of Exchange Online PowerShell and of the
// Microsoft Graph PowerShell SDK.
func wording(in *campaign.Step) stepWords {
	switch in.Action {
	case campaign.RevokeSessions, campaign.ResetPassword, campaign.CheckMethods, campaign.CheckAccount:
		return accountWords(in)
	case campaign.RemoveRule:
		return ruleWords(in)
	case campaign.StopForwarding, campaign.RemoveTransport:
		return forwardingWords(in)
	case campaign.RemoveConsent, campaign.RemoveAdmission, campaign.RemoveSecret:
		return applicationWords(in)
	case campaign.RemoveGrant, campaign.RemoveRole:
		return grantWords(in)
	case campaign.BlockAddress:
		return addressWords(in)
	default:
		return settingWords(in)
	}
}

func accountWords(in *campaign.Step) stepWords {
	w := stepWords{}
	switch in.Action {
	case campaign.RevokeSessions:
		w.text = "revoke all sessions of " + in.Account
		w.portal = "Entra admin center > Users > the account > Revoke sessions; block its sign-in while you work"
		w.ps.add("Revoke-MgUserSignInSession -UserId %s", in.Account)
	case campaign.ResetPassword:
		w.text = "reset the password of " + in.Account
		w.portal = "Entra admin center > Users > the account > Reset password; an account synchronised from Active Directory is reset there"
		// The id of every account's password method. Source: Microsoft Graph, passwordAuthenticationMethod.
		w.ps.add("Reset-MgUserAuthenticationMethodPassword -UserId %s -AuthenticationMethodId 28c10230-6103-485e-b985-444c60001490", in.Account)
	case campaign.CheckMethods:
		w.text = fmt.Sprintf("look through the sign-in methods of %s and remove what its owner does not know (%s)", in.Account, orUnknown(in.Op))
		w.portal = "Entra admin center > Users > the account > Authentication methods; the log does not name the method"
		w.ps.add("Get-MgUserAuthenticationMethod -UserId %s | Format-List", in.Account)
	case campaign.CheckAccount:
		w.text = fmt.Sprintf("ask who wanted this change of account %s (%s), and disable what nobody wanted", in.Account, orUnknown(in.Op))
		w.portal = "Entra admin center > Users > the account"
		return w
	}
	if !strings.Contains(in.Account, "@") {
		w.cautions = append(w.cautions, "the log calls the account so; look up its user principal name")
	}
	return w
}

func orUnknown(s string) string {
	if s == "" {
		return "the log does not say what"
	}
	return s
}

// quoted is a name for a sentence.
func quoted(name string, named bool) string {
	switch {
	case !named:
		return "whose name the log does not say"
	case strings.TrimSpace(report.Plain(name)) == "":
		return "with a blank name"
	default:
		return `"` + name + `"`
	}
}

func ruleWords(in *campaign.Step) stepWords {
	w := stepWords{text: fmt.Sprintf("remove the inbox rule %s of %s", quoted(in.Object, in.Named), in.Account)}
	if len(in.Values) > 0 {
		w.text += ", which sends on to " + list(in.Values, in.More)
	}
	w.portal = "Exchange admin center > Mailboxes > the mailbox > Manage mail flow settings, and the owner's Outlook > Settings > Rules"
	w.cautions = append(w.cautions, "keep a copy of the rule before it goes: its listing is evidence")
	w.ps.add("Get-InboxRule -Mailbox %s -IncludeHidden | Format-List", in.Account)
	remove := "Remove-InboxRule"
	if strings.Contains(strings.ToLower(in.Op), "sweep") {
		remove = "Remove-SweepRule"
	}
	switch {
	case isNumber(in.ID):
		w.ps.add(remove+" -Mailbox %s -Identity %s", in.Account, in.ID)
	case !in.Named:
		w.ps.refuse("the log does not say the rule's name: take its RuleIdentity from the list")
	case strings.TrimSpace(in.Object) == "":
		w.ps.refuse("the rule's name is blank: take its RuleIdentity from the list")
	default:
		w.ps.add(remove+" -Mailbox %s -Identity %s", in.Account, in.Object)
	}
	return w
}

func forwardingWords(in *campaign.Step) stepWords {
	if in.Action == campaign.StopForwarding {
		w := stepWords{text: fmt.Sprintf("stop the forwarding of %s to %s", in.Account, list(in.Values, in.More))}
		w.portal = "Exchange admin center > Mailboxes > the mailbox > Manage mail flow settings > Email forwarding"
		w.ps.add("Get-Mailbox -Identity %s | Format-List Forwarding*, DeliverToMailboxAndForward", in.Account)
		w.ps.add("Set-Mailbox -Identity %s -ForwardingSmtpAddress $null -ForwardingAddress $null -DeliverToMailboxAndForward $false", in.Account)
		return w
	}
	w := stepWords{text: fmt.Sprintf("disable the transport rule %s, which sends on to %s", quoted(in.Object, in.Named), list(in.Values, in.More))}
	w.portal = "Exchange admin center > Mail flow > Rules"
	w.cautions = append(w.cautions, "it acts on the mail of the whole tenant; keep a copy before it goes")
	if !in.Named {
		w.ps.refuse("the log does not say the rule's name: take it from Get-TransportRule")
		return w
	}
	w.ps.add("Get-TransportRule -Identity %s | Format-List", in.Object)
	w.ps.add("Disable-TransportRule -Identity %s", in.Object)
	return w
}

// list is some values, and how many more.
func list(values []string, more int) string {
	const most = 10
	if n := len(values) - most; n > 0 {
		values, more = values[:most], more+n
	}
	text := strings.Join(values, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if text == "" {
		return "(the log does not say)"
	}
	return text
}

func applicationWords(in *campaign.Step) stepWords {
	name := quoted(in.Object, in.Object != "")
	if in.ID != "" {
		name += " (" + in.ID + ")"
	}
	w := stepWords{}
	if in.Action == campaign.RemoveSecret {
		w.text = "look through the secrets and certificates of the application " + name + " and remove what nobody knows"
		w.portal = "Entra admin center > App registrations > the application > Certificates & secrets"
		return w
	}
	if in.Action == campaign.RemoveAdmission {
		return admissionWords(in, name)
	}
	w.text = "remove the consent of the application " + name
	if len(in.Values) > 0 {
		w.text += ", which may " + list(in.Values, in.More)
	}
	w.portal = "Entra admin center > Enterprise applications > the application > Permissions > Review permissions; Properties > Enabled for users to sign-in: No"
	w.cautions = append(w.cautions, "a consent outlives a new password")
	if !isGUID(in.ID) {
		w.ps.refuse("the log does not say the application's id")
		return w
	}
	w.ps.lines = append(w.ps.lines,
		`Get-MgServicePrincipal -Filter "appId eq '`+in.ID+`'" | ForEach-Object { Update-MgServicePrincipal -ServicePrincipalId $_.Id -AccountEnabled:$false }`,
		`Get-MgServicePrincipal -Filter "appId eq '`+in.ID+`'" | ForEach-Object { Get-MgServicePrincipalOauth2PermissionGrant -ServicePrincipalId $_.Id -All } | ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id -Confirm }`)
	return w
}

// admissionWords are of what an application may do by itself, or in the name of users.
func admissionWords(in *campaign.Step, name string) stepWords {
	w := stepWords{portal: "Entra admin center > Enterprise applications > the application > Permissions"}
	itself := strings.Contains(strings.ToLower(in.Op), "app role assignment")
	w.text = "take from the application " + name + " what it may do in users' names: " + list(in.Values, in.More)
	if itself {
		w.text = "take from the application " + name + " what it may do without a user: " + list(in.Values, in.More)
	}
	switch {
	case !isGUID(in.ID):
		w.ps.refuse("the log does not say the application's object id")
	case itself:
		w.ps.lines = append(w.ps.lines, "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId "+in.ID+
			" -All | ForEach-Object { Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $_.PrincipalId -AppRoleAssignmentId $_.Id -Confirm }")
	default:
		w.ps.lines = append(w.ps.lines, "Get-MgServicePrincipalOauth2PermissionGrant -ServicePrincipalId "+in.ID+
			" -All | ForEach-Object { Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $_.Id -Confirm }")
	}
	return w
}

func grantWords(in *campaign.Step) stepWords {
	if in.Action == campaign.RemoveRole {
		w := stepWords{text: fmt.Sprintf("take the role %s from %s", quoted(in.Object, in.Object != ""), orUnknown(in.Account))}
		if in.ID != "" {
			w.text += " (" + in.ID + ")"
		}
		w.portal = "Entra admin center > Roles and admins, or for Exchange roles: Exchange admin center > Roles > Admin roles"
		return w
	}
	rights := ""
	if len(in.Values) > 0 {
		rights = in.Values[0]
	}
	w := stepWords{text: fmt.Sprintf("take from %s the rights on %s (%s)", orUnknown(in.Object), in.Account, orUnknown(rights))}
	w.portal = "Exchange admin center > Mailboxes > the mailbox > Delegation"
	op := strings.ToLower(in.Op)
	switch {
	case strings.Contains(op, "folder"):
		w.text += " in the folder " + quoted(in.ID, in.ID != "")
		w.portal = "the owner's Outlook > the folder > Permissions"
		w.ps.refuse("the folder's identity is to be taken from Get-MailboxFolderPermission")
	case op == "add-recipientpermission":
		w.ps.add("Remove-RecipientPermission -Identity %s -Trustee %s -AccessRights SendAs", in.Account, in.Object)
	case op == "set-mailbox":
		w.ps.add("Set-Mailbox -Identity %s -GrantSendOnBehalfTo @{remove=%s}", in.Account, in.Object)
	case op == "add-mailboxpermission" && isWords(rights):
		w.ps.add("Remove-MailboxPermission -Identity %s -User %s -AccessRights "+rights, in.Account, in.Object)
	default:
		w.ps.refuse("the log does not say the rights: take them from Get-MailboxPermission")
	}
	return w
}

func addressWords(in *campaign.Step) stepWords {
	w := stepWords{text: "block the address " + in.Object}
	w.portal = "Entra admin center > Conditional Access > Named locations > IP ranges, and a policy that blocks it"
	return w
}

// settingWords are of what is switched back, and of those to be warned.
func settingWords(in *campaign.Step) stepWords {
	w := stepWords{}
	op := strings.ToLower(in.Op)
	switch in.Action {
	case campaign.RestoreAuditing:
		w.text = "switch auditing on again after " + orUnknown(in.Op)
		if in.Object != "" {
			w.text += " on " + in.Object
		}
		w.portal = "Microsoft Purview portal > Audit; retention and exceptions by hand"
		w.cautions = append(w.cautions, "what was not recorded since then cannot be fetched later")
		switch op {
		case "set-adminauditlogconfig":
			w.ps.add("Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true")
		case "set-mailboxauditbypassassociation":
			w.ps.add("Set-MailboxAuditBypassAssociation -Identity %s -AuditBypassEnabled $false", in.Object)
		case "set-mailbox":
			w.ps.add("Set-Mailbox -Identity %s -AuditEnabled $true", in.Account)
		}
	case campaign.RestoreSetting:
		w.text = fmt.Sprintf("put back what %s changed: %s", orUnknown(in.Op), orUnknown(in.Object))
		w.portal = "the portal of the setting; the row shows what was changed"
	case campaign.TurnOffProtocol:
		w.text = "turn off IMAP and POP for " + in.Account
		w.portal = "Exchange admin center > Mailboxes > the mailbox > Manage email apps settings"
		w.cautions = append(w.cautions, "a client that its owner uses stops working")
		w.ps.add("Set-CASMailbox -Identity %s -ImapEnabled $false -PopEnabled $false", in.Account)
	case campaign.AskOwner:
		w.text = fmt.Sprintf("ask the owner of %s, by telephone, whether these acts were theirs; go on only if they were not", in.Account)
		w.cautions = append(w.cautions, "the verdict on this mailbox is "+strings.Join(in.Values, ""))
	case campaign.RemoveMessages:
		w.text = fmt.Sprintf("save these messages of %s with their headers, then take them out of every mailbox that got them: %s", in.Account, list(in.Values, in.More))
		w.portal = "Microsoft Defender portal > Explorer > the message > Take action"
	case campaign.WarnPartners:
		w.text = "warn those to whom the intruder wrote: " + list(in.Values, in.More)
		w.cautions = append(w.cautions, "by telephone or from another mailbox; only messages whose recipients the data name are counted")
	}
	return w
}
