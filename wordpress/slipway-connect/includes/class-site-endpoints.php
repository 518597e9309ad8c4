<?php
/**
 * What the portal may ask of this site.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * REST routes for the portal, opened by the site's secret and by nothing else.
 */
final class Site_Endpoints {

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'rest_api_init', array( __CLASS__, 'routes' ) );
	}

	/**
	 * Registers the routes. They declare no arguments, because WordPress checks those before it asks for permission.
	 */
	public static function routes() {
		foreach ( array( 'status' => 'GET', 'settings' => 'POST', 'end-account' => 'POST' ) as $name => $method ) { // phpcs:ignore WordPress.Arrays -- A short table.
			register_rest_route(
				'slipway/v1',
				"/$name",
				array(
					'methods'             => $method,
					'callback'            => array( __CLASS__, str_replace( '-', '_', $name ) ),
					'permission_callback' => array( __CLASS__, 'is_portal' ),
				)
			);
		}
	}

	/**
	 * Whether the caller holds the site's secret. One answer to every kind of "no", in the same time.
	 *
	 * @param \WP_REST_Request $request Request.
	 * @return true|\WP_Error
	 */
	public static function is_portal( $request ) {
		$secret = Config::get( 'SLIPWAY_SITE_SECRET' );
		$given  = (string) $request->get_header( 'authorization' );
		if ( '' !== $secret && hash_equals( hash( 'sha256', 'Bearer ' . $secret ), hash( 'sha256', $given ) ) ) {
			return true;
		}
		return new \WP_Error( 'slipway_unauthorized', __( 'Only the portal of this site may ask this.', 'slipway-connect' ), array( 'status' => 401 ) );
	}

	/**
	 * How the site is.
	 *
	 * @return \WP_REST_Response
	 */
	public static function status() {
		$response = new \WP_REST_Response(
			array(
				'tenant'                => Config::get( 'SLIPWAY_TENANT' ),
				'tenant_id'             => Config::get( 'SLIPWAY_TENANT_ID' ),
				'site_url'              => untrailingslashit( site_url() ),
				'home_url'              => untrailingslashit( home_url() ),
				'rest_url'              => rest_url(),
				'people'                => Members::all(),
				'local'                 => Local_Accounts::all(),
				'application_passwords' => wp_is_application_passwords_available(),
				'plugin'                => VERSION,
				'wordpress'             => get_bloginfo( 'version' ),
				'php'                   => PHP_VERSION,
				'time'                  => time(),
			)
		);
		$response->header( 'Cache-Control', 'no-store' );
		return $response;
	}

	/**
	 * Takes over the title, and who belongs here when that is said, with the time when the portal read that.
	 *
	 * @param \WP_REST_Request $request Request.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public static function settings( $request ) {
		$title = $request['title'];
		$title = is_string( $title ) ? trim( sanitize_text_field( $title ) ) : '';
		if ( '' === $title || mb_strlen( $title ) > 200 ) {
			return new \WP_Error( 'slipway_bad_title', __( 'The title is a text of 1 to 200 characters.', 'slipway-connect' ), array( 'status' => 422 ) );
		}
		$people = $request['people'];
		if ( null !== $people && ! Members::are( $people ) ) {
			return new \WP_Error( 'slipway_bad_people', __( 'The people are a list of subject, email and role.', 'slipway-connect' ), array( 'status' => 422 ) );
		}
		update_option( 'blogname', $title );
		if ( null !== $people ) {
			$at      = is_int( $request['at'] ) ? $request['at'] : 0;
			$settled = Lock::named(
				'people',
				static function () use ( $people, $at ) {
					Members::settle( $people, $at );
					return true;
				}
			);
			if ( ! $settled ) {
				return new \WP_Error( 'slipway_busy', __( 'People are being changed right now. Ask again in a moment.', 'slipway-connect' ), array( 'status' => 503 ) );
			}
		}
		return self::status();
	}

	/**
	 * Ends an account of the site itself.
	 *
	 * @param \WP_REST_Request $request Request.
	 * @return \WP_REST_Response|\WP_Error
	 */
	public static function end_account( $request ) {
		if ( ! is_int( $request['id'] ) || ! is_string( $request['login'] ) ) {
			return new \WP_Error( 'slipway_bad_account', __( 'An account is named by its number and its login.', 'slipway-connect' ), array( 'status' => 422 ) );
		}
		if ( ! Local_Accounts::end( $request['id'], $request['login'] ) ) {
			return new \WP_Error( 'slipway_not_local', __( 'This is not a local account of this site.', 'slipway-connect' ), array( 'status' => 409 ) );
		}
		return self::status();
	}
}
