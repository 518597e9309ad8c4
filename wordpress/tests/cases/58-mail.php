<?php

test( 'mail: a lost password is answered by a letter, and the mail server’s password is in no page', function () {
	World::inside( 'return wp_insert_user( array( "user_login" => "lost", "user_pass" => "local lost 1", "user_email" => "lost@example.org", "role" => "author" ) );' );
	$page = ( new Browser() )->go( '/wp-login.php?action=lostpassword', array( 'user_login' => 'lost' ) );
	same( array( 302, 1 ), array( $page->status, preg_match( '~checkemail=confirm~', $page->location ) ), $page->text() );
	$post = (string) file_get_contents( World::$dir . '/post.txt' );
	foreach ( array( 'SIGNED IN |mailer|a mail secret', 'MAIL FROM:<sites@example.org>', 'RCPT TO:<lost@example.org>', 'From: ', '<sites@example.org>', 'action=rp' ) as $words ) {
		says( $words, $post );
	}
	$page = person( 'adam' )->go( '/wp-admin/site-health.php?tab=debug' );
	same( 200, $page->status );
	holds( ! str_contains( $page->body . json_encode( World::inside( 'return get_defined_constants( true )["user"];' ) ), 'a mail secret' ), 'the password is shown' );
} );
test( 'mail: without a mail server nothing is changed', function () {
	$seen = World::inside( 'return array( has_action( "phpmailer_init", "slipway_guard_mail" ), apply_filters( "wp_mail_from", "a@example.org" ) );', array( 'SLIPWAY_SMTP_HOST' => '' ) );
	same( array( false, 'a@example.org' ), $seen );
} );
