package operation

import "triage/ingest/activity"

// mailboxOperations are what mailbox audit records (RecordType 2, 3, 50) and searches are.
func mailboxOperations() []Operation {
	return []Operation{
		{Kind: activity.MailAccess, Names: "mailitemsaccessed,folderbind"},
		{Kind: activity.Read, Names: "messagebind"},
		{Kind: activity.AttachmentOpen, Names: "attachmentaccess"},
		{Kind: activity.Send, Names: "send,sendas,sendonbehalf"},
		{Kind: activity.Delete, Names: "harddelete,softdelete,movetodeleteditems,recorddelete"},
		{Kind: activity.Move, Names: "move"},
		{Kind: activity.RuleChange, Names: "updateinboxrules"},
		{Kind: activity.PermissionChange, Names: "" +
			"modifyfolderpermissions,addfolderpermissions,updatefolderpermissions,removefolderpermissions," +
			"updatecalendardelegation"},
		{Kind: activity.Search, Names: "" +
			"searchqueryinitiated,searchqueryinitiatedexchange,searchqueryinitiatedsharepoint," +
			"sharepointsearchqueryinitiated,searchqueryperformed"},
		{Kind: activity.Search, Names: "searchcreated,searchupdated,searchstarted"},
		{Kind: activity.MailAccess, Names: "" +
			"searchpreviewed,searchexported,searchexportdownloaded,viewedsearchpreviewed,viewedsearchexported," +
			"searchresultspurged"},
	}
}

// logonOperations are sign-ins.
func logonOperations() []Operation {
	return []Operation{
		{Kind: activity.Logon, Names: "userloggedin,userloginfailed,mailboxlogin,teamssessionstarted"},
	}
}

// exchangeOperations are the cmdlets that an intruder in a mailbox, or an administrator, uses.
func exchangeOperations() []Operation {
	return []Operation{
		{verbs: anyVerb, Kind: activity.RuleChange, Owner: OfRule, Names: "inboxrule,sweeprule"},
		{verbs: "set", Kind: activity.ForwardingChange, params: forwarding, Owner: ofIdentity, Names: "mailbox"},
		{verbs: "set", Kind: activity.PermissionChange, params: "grantsendonbehalfto", Owner: ofIdentity, Names: "" +
			"mailbox"},
		{verbs: "set", Kind: activity.AuditChange, params: auditing, Owner: ofIdentity, Names: "mailbox"},
		{verbs: "set", Kind: activity.PolicyChange, params: holding, Owner: ofIdentity, Names: "mailbox"},
		{verbs: "set", Kind: activity.Other, Owner: ofIdentity, Names: "mailbox"},
		{verbs: anyVerb, Kind: activity.ForwardingChange, params: redirecting, Names: "transportrule"},
		{verbs: anyVerb, Kind: activity.AuditChange, params: "setauditseverity", Names: "transportrule"},
		{verbs: anyVerb, Kind: activity.PolicyChange, Names: "" +
			"transportrule,journalrule,inboundconnector,outboundconnector,remotedomain"},
		{verbs: "add set remove", Kind: activity.PermissionChange, Owner: ofIdentity, Names: "" +
			"mailboxpermission,recipientpermission,mailboxfolderpermission,adpermission," +
			"publicfolderclientpermission"},
		{verbs: anyVerb, Kind: activity.RoleChange, Names: "" +
			"managementroleassignment,managementrole,rolegroup,roleassignmentpolicy"},
		{verbs: "add remove update", Kind: activity.RoleChange, Names: "" +
			"rolegroupmember,managementroleentry,ediscoverycaseadmin"},
		{verbs: "set", Kind: activity.PolicyChange, Owner: ofIdentity, Names: "" +
			"casmailbox,mailboxjunkemailconfiguration,mailboxautoreplyconfiguration"},
		{verbs: "set", Kind: activity.PolicyChange, params: "smtpclientauthenticationdisabled", Names: "" +
			"transportconfig"},
		{verbs: "set", Kind: activity.AuditChange, params: "auditdisabled", Names: "organizationconfig"},
		{verbs: "set", Kind: activity.PolicyChange, Names: "" +
			"organizationconfig,casmailboxplan,accepteddomain,owamailboxpolicy,perimeterconfig"},
	}
}

// protectionOperations are the cmdlets that change what protects and records.
func protectionOperations() []Operation {
	return []Operation{
		{verbs: "set", Kind: activity.AuditChange, Owner: ofIdentity, Names: "mailboxauditbypassassociation"},
		{verbs: "set", Kind: activity.AuditChange, Names: "adminauditlogconfig"},
		{verbs: anyVerb, Kind: activity.AuditChange, Names: "unifiedauditlogretentionpolicy"},
		{verbs: anyVerb, Kind: activity.PolicyChange, Names: "" +
			"retentionpolicy,retentionpolicytag,retentioncompliancepolicy,retentioncompliancerule," +
			"holdcompliancepolicy,holdcompliancerule,caseholdpolicy,caseholdrule,dlppolicy,dlpcompliancepolicy," +
			"dlpcompliancerule,labelpolicy,protectionalert,activityalert"},
		{verbs: anyVerb, Kind: activity.PolicyChange, Names: "" +
			"antiphishpolicy,antiphishrule,safelinkspolicy,safelinksrule,safeattachmentpolicy," +
			"safeattachmentrule,atppolicyforo365,malwarefilterpolicy,malwarefilterrule," +
			"hostedcontentfilterpolicy,hostedcontentfilterrule,hostedoutboundspamfilterpolicy," +
			"hostedoutboundspamfilterrule,hostedconnectionfilterpolicy,tenantallowblocklistitems," +
			"tenantallowblocklistspoofitems,authenticationpolicy,clientaccessrule,applicationaccesspolicy," +
			"mobiledevicemailboxpolicy,dataencryptionpolicy,federationtrust,sharingpolicy," +
			"organizationrelationship"},
	}
}

// mailSearchOperations are the cmdlets for accounts and for searching other people's mail.
func mailSearchOperations() []Operation {
	return []Operation{
		{verbs: anyVerb, Kind: activity.AccountChange, Names: "mailuser,remotemailbox,distributiongroup,mailcontact"},
		{verbs: "new remove enable disable", Kind: activity.AccountChange, Names: "mailbox"},
		{verbs: "set", Kind: activity.AccountChange, Names: "user"},
		{verbs: "new start", Kind: activity.Search, Names: "compliancesearch,mailboxsearch"},
		{verbs: "new", Kind: activity.MailAccess, Names: "" +
			"compliancesearchaction,mailboxexportrequest,mailboxrestorerequest"},
	}
}
