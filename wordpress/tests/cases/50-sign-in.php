<?php

/** Signs in by SSO in a new browser; returns it on the page where it ends. */
function sso( $who = array(), $to = '' ) {
	portal( '/_set', array( 'who' => $who ) );
	return ( new Browser() )->go( '/wp-login.php?action=slipway' . ( '' === $to ? '' : '&to=' . rawurlencode( $to ) ) )->follow();
}
function about( $email ) {
	return World::inside( '$u = get_user_by( "email", ' . var_export( $email, true ) . ' ); return $u ? array( $u->user_login, $u->roles, get_user_meta( $u->ID, "slipway_subject", true ), $u->display_name ) : null;' );
}

test( 'sign-in: the login page offers SSO above the local form', function () {
	$page = ( new Browser() )->go( '/wp-login.php?redirect_to=' . rawurlencode( World::$site_url . '/wp-admin/post.php?post=5&action=edit' ) );
	says( 'Sign in with SSO', $page->text() );
	holds( strpos( $page->body, 'Sign in with SSO' ) < strpos( $page->body, 'id="loginform"' ), 'the button is not above the form' );
	says( 'action=slipway&#038;to=%2Fwp-admin%2Fpost.php%3Fpost%3D5%26action%3Dedit', $page->body );
	holds( ! str_contains( ( new Browser() )->go( '/wp-login.php?action=lostpassword' )->body, 'Sign in with SSO' ), 'the button is on other pages' );
} );
test( 'sign-in: a new person is made, and comes in again as the same', function () {
	fresh();
	$page = sso( array( 'name' => "O'Brien <b>Pat</b>" ) );
	says( 'Dashboard', $page->text() );
	same( array( 'new.person', array( 'author' ), 'sub-1', "O'Brien Pat" ), about( 'new.person@example.org' ) );
	sso( array( 'email' => 'moved@example.org', 'name' => 'Other' ) );
	same( array( 'new.person', array( 'author' ), 'sub-1', 'Other' ), about( 'moved@example.org' ), 'the subject decides, not the address' );
	same( 1, World::inside( 'return count( get_users( array( "meta_key" => "slipway_subject" ) ) );' ) );
	$start = calls( '/connect/sign-in' )[0]['query'];
	same( array( 'tenant', 'state', 'code_challenge', 'code_challenge_method' ), array_keys( $start ) );
} );
test( 'sign-in: logins do not collide, and strange addresses get one too', function () {
	sso( array( 'subject' => 's-anna2', 'email' => 'anna@other.example' ) );
	same( 'anna2', about( 'anna@other.example' )[0] );
	sso( array( 'subject' => 's-keeper2', 'email' => 'keeper@other.example' ) );
	same( array( 'keeper2', array( 'author' ) ), array_slice( about( 'keeper@other.example' ), 0, 2 ) );
	sso( array( 'subject' => 's-odd', 'email' => "!#$%@other.example" ) );
	same( 'person', about( '!#$%@other.example' )[0] );
} );
test( 'sign-in: an account of the site itself is never taken over, and the role follows each time', function () {
	fresh();
	sso( array( 'subject' => 's-erik', 'email' => 'erik@example.org', 'role' => 'administrator' ) );
	same( array( 'erik2', array( 'administrator' ), 's-erik', 'New Person' ), about( 'erik@example.org' ) );
	same( array( 'editor' ), World::inside( 'return get_user_by( "login", "erik" )->roles;' ) );
	sso( array( 'subject' => 's-erik', 'email' => 'erik@example.org', 'role' => 'author' ) );
	same( array( 'author' ), about( 'erik@example.org' )[1] );
	World::inside( 'require_once ABSPATH . "wp-admin/includes/user.php"; wp_delete_user( get_user_by( "login", "erik2" )->ID ); wp_update_user( array( "ID" => get_user_by( "login", "erik" )->ID, "user_email" => "erik@example.org" ) ); return 1;' );
} );
test( 'sign-in: an unverified address, an unknown role and a missing subject are refused', function () {
	fresh();
	foreach (
		array(
			array( array( 'subject' => 's-x', 'email' => 'carl@example.org', 'email_verified' => false ), 'is not confirmed at the sign-in service' ),
			array( array( 'subject' => 's-x', 'email' => 'carl@example.org', 'email_verified' => 'True' ), 'is not confirmed at the sign-in service' ),
			array( array( 'subject' => 's-x', 'email' => 'carl@example.org', 'role' => 'super' ), 'nobody was signed in' ),
			array( array( 'subject' => '', 'email' => 'carl@example.org' ), 'nobody was signed in' ),
		) as list( $who, $words )
	) {
		$page = sso( $who );
		says( $words, $page->text() );
		same( 302, $page->go( '/wp-admin/index.php' )->status, 'somebody is signed in' );
	}
	same( array( 'contributor' ), about( 'carl@example.org' )[1] );
	sso( array( 'subject' => 'SUB-1', 'email' => 'upper@example.org' ) );
	same( array( 'SUB-1', 'sub-1' ), array( about( 'upper@example.org' )[2], about( 'moved@example.org' )[2] ), 'letters of either case are two people' );
} );
test( 'sign-in P3: another browser, a used state, a made-up one and another issuer are refused', function () {
	fresh();
	$mine = ( new Browser() )->go( '/wp-login.php?action=slipway' );
	same( 1, preg_match( '~Set-Cookie: slipway_signin_[0-9a-f]+=[A-Za-z0-9_-]{43}; expires=[^;]+; Max-Age=\d+; path=/wp-login.php; HttpOnly; SameSite=Lax~', $mine->headers ), $mine->headers );
	$back = $mine->go( $mine->location )->location;
	$page = ( new Browser() )->go( $back )->follow();
	says( 'started in another browser', $page->text() );
	holds( ! str_contains( $page->headers, 'wordpress_logged_in' ), 'a stranger is in' );
	$page = $mine->go( $back );
	same( World::$site_url . '/wp-admin/', $page->location );
	says( 'was already used', $mine->go( $back )->follow()->text() );
	says( 'was already used', ( new Browser() )->go( '/wp-login.php?action=slipway_callback&code=' . str_repeat( 'a', 43 ) . '&state=' . str_repeat( 'b', 43 ) . '&iss=' . rawurlencode( World::$portal_url ) )->follow()->text() );
	says( 'was already used', ( new Browser() )->go( '/wp-login.php?action=slipway_callback&code[]=a&state[]=b&iss[]=c' )->follow()->text() );
	portal( '/_set', array( 'iss' => 'https://evil.example' ) );
	says( 'did not come from this site’s portal', sso()->text() );
	same( 1, count( calls( '/connect/v1/sign-in' ) ) );
} );
test( 'sign-in: two tabs do not end each other’s', function () {
	fresh();
	$browser = new Browser();
	$first   = $browser->go( '/wp-login.php?action=slipway' )->location;
	$next    = $browser->go( '/wp-login.php?action=slipway' )->location;
	foreach ( array( $first, $next ) as $door ) {
		says( 'Dashboard', $browser->go( $door )->follow()->text() );
	}
} );
test( 'sign-in: a denial and a broken portal are said in plain words', function () {
	fresh();
	portal( '/_set', array( 'deny' => 'not_a_member' ) );
	says( 'You do not belong to this site.', sso()->text() );
	portal( '/_set', array( 'deny' => '<script>alert(1)</script>' ) );
	$page = sso();
	says( 'The sign-in was not approved.', $page->text() );
	holds( ! str_contains( $page->body, 'alert(1)' ), 'the request is repeated' );
	portal( '/_set', array( 'deny' => '', 'sign_in_fails' => 1 ) );
	says( 'nobody was signed in', sso()->text() );
	$page = ( new Browser() )->go( '/wp-login.php?slipway_error=%3Cb%3Ex' );
	holds( ! str_contains( $page->body, 'id="login_error"' ), 'an unknown reason is shown' );
} );
test( 'sign-in P13: no way out of /wp-admin/', function () {
	fresh();
	same( World::$site_url . '/wp-admin/edit.php?post_status=draft&x=%2F', sso_ends( '/wp-admin/edit.php?post_status=draft&x=%2F' ) );
	foreach ( array( 'https://evil.example/wp-admin/', '//evil.example/wp-admin/', '/wp-admin', '/wp-login.php?action=logout', '/wp-admin//evil.example', '/wp-admin/../wp-login.php', '/wp-admin/%2e%2e/x', '/wp-admin/..%2fx', '/wp-admin/%252e%252e/x', "/wp-admin/\r\nX: y", '/wp-admin/\\evil.example', '\\/wp-admin/', '/wp-admin/@evil.example', '/wp-admin/x#y', '/WP-ADMIN/x', '/wp-admin/' . str_repeat( 'a', 600 ) ) as $to ) {
		same( World::$site_url . '/wp-admin/', sso_ends( $to ), $to );
	}
} );
function sso_ends( $to ) {
	$browser = ( new Browser() )->go( '/wp-login.php?action=slipway&to=' . rawurlencode( $to ) );
	$browser->go( $browser->location );
	return $browser->go( $browser->location )->location;
}
test( 'sign-in: the local form works while the portal is down', function () {
	World::portal( false );
	$in = ( new Browser() )->login( 'keeper', World::$env['SLIPWAY_ADMIN_PASSWORD'] );
	World::portal( true );
	same( World::$site_url . '/wp-admin/', $in->location );
} );

/** The portal tells the site who belongs to it. */
function tell_people( $people, $at = null ) {
	return ( new Browser() )->go( '/wp-json/slipway/v1/settings', json_encode( array( 'title' => 'Acme', 'people' => $people ) + ( null === $at ? array() : array( 'at' => $at ) ) ), array_merge( bearer(), array( 'Content-Type: application/json' ) ) );
}
test( 'people: who no longer belongs here is out at the next page, and their passwords with them', function () {
	fresh();
	$gone  = sso( array( 'subject' => 's-gone', 'email' => 'gone@example.org', 'name' => 'Gone' ) );
	$stays = sso( array( 'subject' => 's-stays', 'email' => 'stays@example.org', 'name' => 'Stays' ) );
	$new   = sso( array( 'subject' => 's-new', 'email' => 'unseen@example.org', 'name' => 'New', 'role' => 'administrator' ) );
	$key   = World::inside( 'return WP_Application_Passwords::create_new_application_password( get_user_by( "email", "gone@example.org" )->ID, array( "name" => "own" ) )[0];' );
	same( 200, call( array( 'gone', $key ), 'GET', '/wp/v2/users/me' )->status );
	$seen = tell_people( array( array( 'subject' => 's-stays', 'email' => 'other@example.org', 'role' => 'administrator' ), array( 'subject' => 's-new', 'email' => 'Unseen@example.org', 'role' => 'author' ) ) );
	same( 200, $seen->status, $seen->body );
	$listed = array_column( json_decode( $seen->body, true )['people'], null, 'subject' );
	same( array( 'subject' => 's-new', 'email' => 'unseen@example.org', 'role' => 'author' ), $listed['s-new'] );
	same( array( 'subject' => 's-stays', 'email' => 'other@example.org', 'role' => 'administrator' ), $listed['s-stays'] );
	same( array( 'subject' => 's-gone', 'email' => 'gone@example.org', 'role' => '' ), $listed['s-gone'] );
	same( 302, $gone->go( '/wp-admin/index.php' )->status, 'a removed person is still in' );
	same( 401, call( array( 'gone', $key ), 'GET', '/wp/v2/users/me' )->status );
	same( array( 'gone', array(), 's-gone', 'Gone' ), about( 'gone@example.org' ) );
	says( 'Dashboard', $stays->go( '/wp-admin/index.php' )->text() );
	says( 'Dashboard', $new->go( '/wp-admin/index.php' )->text() );
	same( $seen->status, tell_people( array( array( 'subject' => 's-stays', 'email' => 'other@example.org', 'role' => 'author' ) ) )->status );
	same( array( 'author' ), about( 'other@example.org' )[1] );
	says( 'Dashboard', sso( array( 'subject' => 's-gone', 'email' => 'gone@example.org' ) )->text(), 'who is a member again comes in again' );
} );
test( 'people: an account follows a person whose account at the sign-in service was replaced, and never becomes another one\'s', function () {
	fresh();
	$moves = sso( array( 'subject' => 's-old', 'email' => 'moves@example.org', 'name' => 'Moves' ) );
	$other = sso( array( 'subject' => 's-other', 'email' => 'second@example.org', 'name' => 'Second' ) );
	$list  = array( array( 'subject' => 's-2', 'email' => 'moves@example.org', 'role' => 'author', 'was' => array( 's-older', 's-old' ) ), array( 'subject' => 's-other', 'email' => 'second@example.org', 'role' => 'author', 'was' => array( 's-2', 'S-OTHER' ) ) );
	foreach ( array( 1, 2 ) as $time ) {
		same( 200, tell_people( $list )->status );
		same( array( 's-2', 's-other' ), array( about( 'moves@example.org' )[2], about( 'second@example.org' )[2] ) );
	}
	says( 'Dashboard', $moves->go( '/wp-admin/index.php' )->text(), 'nobody is put out on the way' );
	says( 'Dashboard', $other->go( '/wp-admin/index.php' )->text() );
	says( 'Dashboard', sso( array( 'subject' => 's-2', 'email' => 'moves@example.org' ) )->text() );
	foreach ( array( 'x', array( 7 ), array( 'a' => array() ) ) as $wrong ) {
		same( 422, tell_people( array( array( 'was' => $wrong ) + $list[0] ) )->status, json_encode( $wrong ) );
	}
} );
test( 'people: nothing but a list of members is taken, and the emergency account and accounts of the site itself stay', function () {
	fresh();
	sso( array( 'subject' => 's-lone', 'email' => 'lone@example.org' ) );
	foreach ( array( 'x', array( 'a' => 1 ), array( 'x' ), array( array( 'subject' => 's-lone', 'email' => 'lone@example.org', 'role' => 'editor' ) ), array( array( 'subject' => 7, 'email' => 'lone@example.org', 'role' => 'author' ) ) ) as $wrong ) {
		same( 422, tell_people( $wrong )->status, json_encode( $wrong ) );
	}
	same( array( 'author' ), about( 'lone@example.org' )[1] );
	// As sites have it that were linked by address once.
	World::inside( 'update_user_meta( get_user_by( "login", "keeper" )->ID, "slipway_subject", "s-keeper" ); return 1;' );
	same( 200, tell_people( array() )->status );
	same( array(), about( 'lone@example.org' )[1] );
	same( array( 'administrator' ), about( 'keeper@example.org' )[1] );
	same( array( 'editor' ), about( 'erik@example.org' )[1] );
	sso( array( 'subject' => 's-keeper', 'email' => 'k@example.org', 'role' => 'author' ) );
	same( array( 'k', array( 'author' ) ), array_slice( about( 'k@example.org' ), 0, 2 ), 'somebody came in as the emergency account' );
	World::inside( 'delete_user_meta( get_user_by( "login", "keeper" )->ID, "slipway_subject" ); return 1;' );
} );
