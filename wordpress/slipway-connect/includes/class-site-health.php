<?php
/**
 * Tests on WordPress's Site Health page.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The preflight checks and the connection of the person who looks, in the shape that Site Health wants.
 */
final class Site_Health {

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'site_status_tests', array( __CLASS__, 'tests' ) );
	}

	/**
	 * Adds the tests.
	 *
	 * @param array $tests Tests.
	 * @return array
	 */
	public static function tests( $tests ) {
		$tests['direct']['slipway_passwords']  = array(
			'label' => __( 'Slipway: application passwords', 'slipway-connect' ),
			'test'  => array( __CLASS__, 'passwords' ),
		);
		$tests['direct']['slipway_portal']     = array(
			'label' => __( 'Slipway: portal', 'slipway-connect' ),
			'test'  => array( __CLASS__, 'portal' ),
		);
		$tests['direct']['slipway_connection'] = array(
			'label' => __( 'Slipway: connection', 'slipway-connect' ),
			'test'  => array( __CLASS__, 'connection' ),
		);
		$tests['direct']['slipway_way_in']     = array(
			'label' => __( 'Slipway: ways in', 'slipway-connect' ),
			'test'  => array( __CLASS__, 'way_in' ),
		);
		return $tests;
	}

	/**
	 * Whether people can sign in while the portal is down.
	 *
	 * @return array
	 */
	public static function way_in() {
		if ( in_array( 'daggerhart-openid-connect-generic/openid-connect-generic.php', (array) get_option( 'active_plugins' ), true ) ) {
			return self::result( 'slipway_way_in', true, __( 'People can sign in while the portal is down, too', 'slipway-connect' ), __( 'The login page has a second button, which leads straight to the sign-in service. It is for people who came in by the portal once.', 'slipway-connect' ) );
		}
		$why = defined( 'OIDC_ENDPOINT_LOGIN_URL' )
			? __( 'The plugin OpenID Connect Generic, the second way in, is not among this site’s files.', 'slipway-connect' )
			: __( 'The plugin OpenID Connect Generic, the second way in, is off: it does not speak PKCE, and this sign-in service does not say who belongs to the site.', 'slipway-connect' );
		return self::result( 'slipway_way_in', true, __( 'People sign in by the portal only', 'slipway-connect' ), $why . ' ' . __( 'While the portal is down only the account for emergencies can sign in. Whoever is signed in stays.', 'slipway-connect' ) );
	}

	/**
	 * Application passwords.
	 *
	 * @return array
	 */
	public static function passwords() {
		$check = Preflight::passwords();
		return 'ok' === $check['state']
			? self::result( 'slipway_passwords', true, __( 'Application passwords are available to Slipway', 'slipway-connect' ), __( 'The chat saves drafts with an application password of the person who connected it.', 'slipway-connect' ) )
			: self::result( 'slipway_passwords', false, __( 'Application passwords are not available', 'slipway-connect' ), $check['text'] );
	}

	/**
	 * Portal.
	 *
	 * @return array
	 */
	public static function portal() {
		foreach ( Preflight::checks() as $check ) {
			if ( in_array( $check['name'], array( 'portal', 'clock', 'rest', 'header', 'sign_in' ), true ) && 'ok' !== $check['state'] ) {
				/* translators: %s: name of a check */
				return self::result( 'slipway_portal', false, sprintf( __( 'The Slipway portal and this site do not reach each other: %s', 'slipway-connect' ), $check['label'] ), $check['text'] );
			}
		}
		return self::result( 'slipway_portal', true, __( 'The Slipway portal and this site reach each other', 'slipway-connect' ), __( 'The portal answers, knows this site, and the site’s REST API takes its calls.', 'slipway-connect' ) );
	}

	/**
	 * Connection.
	 *
	 * @return array
	 */
	public static function connection() {
		$state = State::of( get_current_user_id() );
		$text  = trim( $state['message'] . ' ' . $state['next'] );
		if ( in_array( $state['name'], array( 'slow', 'broken', 'safe_mode', 'refused' ), true ) ) {
			return self::result( 'slipway_connection', false, __( 'Your chat connection needs attention', 'slipway-connect' ), $text );
		}
		return self::result( 'slipway_connection', true, __( 'Your chat connection needs nothing', 'slipway-connect' ), '' !== $text ? $text : __( 'It is either working or not made yet.', 'slipway-connect' ) );
	}

	/**
	 * Builds a result.
	 *
	 * @param string $test  Name.
	 * @param bool   $good  Whether it passed.
	 * @param string $label Headline. Not escaped.
	 * @param string $text  Text. Not escaped.
	 * @return array
	 */
	private static function result( $test, $good, $label, $text ) {
		return array(
			'test'        => $test,
			'label'       => esc_html( $label ),
			'status'      => $good ? 'good' : 'recommended',
			'badge'       => array(
				'label' => __( 'Slipway', 'slipway-connect' ),
				'color' => 'blue',
			),
			'description' => '<p>' . esc_html( $text ) . '</p>',
			'actions'     => '<a href="' . esc_url( Settings_Page::url() ) . '">' . esc_html__( 'Open the Slipway page', 'slipway-connect' ) . '</a>',
		);
	}
}
