package core

// coreEndpoints are the endpoints that every Auth has.
func coreEndpoints() []AnyEndpoint {
	return []AnyEndpoint{
		GetSession, SignOut, UpdateSession, ListSessions, RevokeSession, RevokeSessions, RevokeOtherSessions,
		ListAccounts, UnlinkAccount, OK, ErrorPage,
		SendVerificationEmail, VerifyEmail, ChangeEmail, UpdateUser, DeleteUser, DeleteUserCallback,
	}
}
