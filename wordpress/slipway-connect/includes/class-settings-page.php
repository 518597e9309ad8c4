<?php
/**
 * The page "Slipway": one person's connection, and for administrators the site's.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Where the page hangs, and what it needs before anything is printed.
 */
final class Settings_Page {

	/** A connection belongs to the person who makes it, so everybody who writes may have one. */
	const CAPABILITY = 'edit_posts';
	const SLUG       = 'slipway-connect';

	/**
	 * State of the person who looks, found before the page's head is printed.
	 *
	 * @var array
	 */
	private static $state = array();

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'admin_menu', array( __CLASS__, 'menu' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( FILE ), array( __CLASS__, 'links' ) );
	}

	/**
	 * Address of the page.
	 *
	 * @return string
	 */
	public static function url() {
		return admin_url( 'admin.php?page=' . self::SLUG );
	}

	/**
	 * Adds the page to the menu.
	 */
	public static function menu() {
		// A menu of its own, not below Settings: authors connect too, and they have no Settings.
		$hook = add_menu_page( __( 'Slipway', 'slipway-connect' ), __( 'Slipway', 'slipway-connect' ), self::CAPABILITY, self::SLUG, array( __CLASS__, 'show' ), 'dashicons-admin-links', 4 );
		if ( $hook ) {
			add_action( 'load-' . $hook, array( __CLASS__, 'load' ) );
		}
	}

	/**
	 * Adds the page to the list of plugins.
	 *
	 * @param array $links Links.
	 * @return array
	 */
	public static function links( $links ) {
		return array( 'settings' => '<a href="' . esc_url( self::url() ) . '">' . esc_html__( 'Settings', 'slipway-connect' ) . '</a>' ) + $links;
	}

	/**
	 * Asks the portal, and makes the page look again by itself while something moves. Works without JavaScript.
	 */
	public static function load() {
		if ( isset( $_GET['check'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Asking again changes nothing.
			delete_transient( 'slipway_state_' . get_current_user_id() );
		}
		Outbox::send();
		$was         = Connection::is_on( get_current_user_id() );
		self::$state = State::of( get_current_user_id() );
		if ( ! $was && Connection::is_on( get_current_user_id() ) ) {
			// The menu was made before the portal answered: the way to the chat comes with the next page.
			wp_safe_redirect( self::url() );
			exit;
		}
		if ( in_array( self::$state['name'], array( 'working', 'slow' ), true ) ) {
			$waited  = time() - ( self::$state['record']['at'] ?? 0 );
			$seconds = $waited < 60 ? 1 : ( $waited < State::SLOW ? 5 : 30 );
			add_action(
				'admin_head',
				static function () use ( $seconds ) {
					echo '<meta http-equiv="refresh" content="' . (int) $seconds . ';url=' . esc_url( Settings_Page::url() ) . '">' . "\n";
				}
			);
		}
		wp_enqueue_style( 'slipway-connect', plugins_url( 'assets/admin.css', FILE ), array( 'dashicons' ), VERSION );
	}

	/**
	 * Prints the page.
	 */
	public static function show() {
		$again = isset( $_GET['check'] ); // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- Asking again changes nothing.
		Settings_View::page( self::$state, $again );
	}
}
