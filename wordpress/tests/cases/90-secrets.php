<?php

test( 'secrets P7: none in an address, a page, a cookie, a log, the database or a process list', function () {
	fresh();
	connect( 'anna' );
	$state   = portal( '/_state' );
	$secrets = array_merge( $state['secrets'], array( World::$env['SLIPWAY_SITE_SECRET'], World::$env['WORDPRESS_DB_PASSWORD'], World::$env['SLIPWAY_SMTP_PASSWORD'] ) );
	holds( count( $secrets ) > 10, 'too few secrets to look for' );
	$sql  = new mysqli( 'localhost', 'root', '', 'acme', 0, World::$dir . '/s' );
	$rows = '';
	foreach ( $sql->query( 'SHOW TABLES' )->fetch_all() as list( $table ) ) {
		$rows .= json_encode( $sql->query( "SELECT * FROM `$table`" )->fetch_all(), JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES );
	}
	$places = array( 'what browsers saw' => Browser::$seen, 'the database' => $rows, 'the process list' => (string) shell_exec( 'ps -ww -eo args' ) );
	foreach ( glob( World::$dir . '/*.log' ) as $log ) {
		$places[ basename( $log ) ] = file_get_contents( $log );
	}
	foreach ( $places as $place => $text ) {
		holds( strlen( $text ) > 0 || 'db.log' === $place, "$place is empty" );
		foreach ( $secrets as $secret ) {
			holds( ! str_contains( $text, $secret ), "a secret is in $place" );
		}
	}
} );
test( 'logs: PHP had nothing to complain about', function () {
	preg_match_all( '/^.*PHP (?:Warning|Notice|Deprecated|Fatal|Parse).*$/m', file_get_contents( World::$dir . '/site.log' ), $found );
	same( array(), array_slice( $found[0], 0, 3 ) );
} );
test( 'uninstall: credentials, records and leftovers go; posts, people and other credentials stay', function () {
	fresh();
	connect( 'anna' );
	connect( 'erik' );
	$other = credential( 'anna', '99999999-9999-4999-8999-999999999999' );
	$posts = World::inside( 'return (int) wp_count_posts()->draft;' );
	World::inside( 'set_transient( "slipway_connect_x", 1, 60 ); define( "WP_UNINSTALL_PLUGIN", "slipway-connect/slipway-connect.php" ); require WP_PLUGIN_DIR . "/slipway-connect/uninstall.php"; return 1;' );
	same( array( array( "99999999-9999-4999-8999-999999999999 $other[2]" ), array(), null, null ), array( passwords( 'anna' ), passwords( 'erik' ), record( 'anna' ), record( 'erik' ) ) );
	same( array( 0, 0, $posts ), array_map( 'intval', World::inside( 'global $wpdb; return array( $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE \'%slipway\_%\' AND option_name != \'slipway_installed\'" ), $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->usermeta WHERE meta_key LIKE \'slipway%\' AND meta_key != \'slipway_subject\'" ), wp_count_posts()->draft );' ) ) );
	// It may run while the plugin itself is switched off.
	same( 1, World::inside( 'return 1;' ) );
} );
