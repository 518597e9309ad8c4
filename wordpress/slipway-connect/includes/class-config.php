<?php
/**
 * What the site was told when it was started. Nothing here can be changed from a browser.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Settings from constants or the environment.
 */
final class Config {

	const REQUIRED = array(
		'SLIPWAY_TENANT',
		'SLIPWAY_TENANT_ID',
		'SLIPWAY_TENANT_NAME',
		'SLIPWAY_PORTAL_URL',
		'SLIPWAY_PORTAL_API_URL',
		'SLIPWAY_SITE_SECRET',
		'SLIPWAY_APP_ID',
		'SLIPWAY_SITE_URL',
	);

	/**
	 * One setting; '' when there is none.
	 *
	 * @param string $name Name.
	 * @return string
	 */
	public static function get( $name ) {
		$value = defined( $name ) ? constant( $name ) : getenv( $name );
		return is_string( $value ) ? trim( $value ) : '';
	}

	/**
	 * Names of the settings that are not there.
	 *
	 * @return string[]
	 */
	public static function missing() {
		return array_values(
			array_filter(
				self::REQUIRED,
				static function ( $name ) {
					return '' === self::get( $name );
				}
			)
		);
	}

	/**
	 * Where browsers find the portal; also the issuer of its answers.
	 *
	 * @return string
	 */
	public static function portal_url() {
		return untrailingslashit( self::get( 'SLIPWAY_PORTAL_URL' ) );
	}

	/**
	 * Where this server finds the portal.
	 *
	 * @return string
	 */
	public static function api_url() {
		return untrailingslashit( self::get( 'SLIPWAY_PORTAL_API_URL' ) );
	}

	/**
	 * The address under which the portal knows this site.
	 *
	 * @return string
	 */
	public static function registered_url() {
		return untrailingslashit( self::get( 'SLIPWAY_SITE_URL' ) );
	}

	/**
	 * The address that this site believes in: the first of its two that differs from the registered one, if any does.
	 *
	 * @return string
	 */
	public static function actual_url() {
		foreach ( array( site_url(), home_url() ) as $url ) {
			if ( untrailingslashit( $url ) !== self::registered_url() ) {
				return untrailingslashit( $url );
			}
		}
		return self::registered_url();
	}

	/**
	 * Whether the site has another address than the portal knows: a copy, or a site that moved.
	 *
	 * @return bool
	 */
	public static function moved() {
		return self::actual_url() !== self::registered_url();
	}

	/**
	 * Under which application passwords of the chat are filed.
	 *
	 * @return string
	 */
	public static function app_id() {
		return strtolower( self::get( 'SLIPWAY_APP_ID' ) );
	}
}
